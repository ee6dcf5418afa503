/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Finds out which CPUs there are, to which package and die they belong, and which of them may be measured.
 */
#pragma once

#include <sched.h>

#include "base/cpuset.h"
#include "probe/result.h"

/* A set for sched_setaffinity(2) with room for every CPU that a CpuSet may have. */
typedef cpu_set_t CpuMask[CPUSET_MAX / CPU_SETSIZE];

/* Fills *ret with the CPUs that are present, or with those of `options->cpus`, with fates (PROBE_MEASURED: may be
 * measured) and leaders. 0, -ENODEV (no CPU may be measured), -ENOMEM or the -errno of reading a list; untouched on
 * failure. */
int probe_list_cpus(const ProbeOptions *options, ProbeResult *ret);

/* The reference is the first CPU that may be measured. The leader of a CPU is the first such CPU of its die; the leader
 * of a leader is the reference. */
void probe_choose_leaders(ProbeResult *result);
