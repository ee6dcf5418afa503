/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "host/config/config-store.h"
#include "host/config/config-fault.h"

/* Makes policies of CPUPOWER_START_OPTS and its like, which then hold instead of the built-in one as far as they go, and reports what they must not
 * stand beside. 0 or -ENOMEM. */
int config_take_options(Config *config, ConfigFaults *faults);
