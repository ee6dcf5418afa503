/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "host/config/config-fault.h"
#include "model/need.h"

/* Logs the remarks on a configuration that was accepted. If no half of a policy is applied (`halves`), remarks on
 * another program's file are for information only, because that file then has no effect here. */
void remarks_log(const ConfigFaults *faults, Halves halves);
