/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Finds CPUs whose TSCs differ, in rounds with a second of idleness in between. In each die one CPU, the leader, is
 * measured against the first CPU, the reference, and the other CPUs of the die against their leader. The sum of both
 * bounds is a CPU's bound against the reference. Needs no privileges.
 */
#pragma once

#include "probe/result.h"

/* Lowers the calling thread's priority as far as possible and restores its affinity. A CPU that goes offline or does
 * not answer is a fate, not a failure. 0, -ENODEV (no CPU may be measured), -ENOMEM or the -errno of reading the list
 * of CPUs. *ret is the caller's (probe_result_done), untouched on failure. */
int probe_run(const ProbeOptions *options, ProbeResult *ret);
