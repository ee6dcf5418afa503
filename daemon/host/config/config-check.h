/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Finds values of a policy that are right by themselves but not together.
 */
#pragma once

#include "host/config/config-fault.h"
#include "model/policy.h"

/* Adds one remark to each section that names a CPU of an earlier section. */
void config_check_overlaps(const Policy *policy, ConfigFaults *faults);

/* Refuses a MIN_FREQ above the MAX_FREQ that the same CPU gets. */
void config_check_frequencies(const Policy *policy, ConfigFaults *faults);
