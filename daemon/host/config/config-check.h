/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Faults of a policy as a whole, each of whose values is right by itself.
 */
#pragma once

#include "host/config/config-fault.h"
#include "model/policy.h"

/* Remarks on a section that names a CPU of an earlier one: the first such CPU. */
void config_check_overlaps(const Policy *policy, ConfigFaults *faults);

/* Refuses a MIN_FREQ above the MAX_FREQ that the same CPU gets. */
void config_check_frequencies(const Policy *policy, ConfigFaults *faults);
