/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "host/config/config-store.h"
#include "model/need.h"

/* Logs what was said about a configuration that was taken. What concerns another program's file is for the reader's information where no
 * `halves` of a policy are applied: nothing comes of that file here. */
void remarks_log(const ConfigErrors *errors, Halves halves);
