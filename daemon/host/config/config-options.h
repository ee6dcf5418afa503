/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "host/config/config-store.h"
#include "host/config/config-fault.h"

/* Turns CPUPOWER_START_OPTS and the other option strings into policies, which replace the built-in one as far as they
 * go. Refuses keys that contradict them. 0 or -ENOMEM. */
int config_take_options(Config *config, ConfigFaults *faults);
