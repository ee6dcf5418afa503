/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Which CPUs there are, to which package and die they belong, and which of them may be measured.
 */
#pragma once

#include "probe/result.h"

/* Fills *ret with the CPUs that are present, or those of `options->cpus`, their fates (PROBE_MEASURED: may be measured) and leaders.
 * 0, -ENODEV, -ENOMEM or the -errno of reading a list; untouched on failure. */
int probe_list_cpus(const ProbeOptions *options, ProbeResult *ret);

/* The reference is the first that may be measured, the leader of a die its first, and the leader of leaders the reference. */
void probe_choose_leaders(ProbeResult *result);
