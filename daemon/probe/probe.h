/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Finds CPUs whose counters differ, in rounds with a second of idleness in between. One CPU of each die is measured
 * against the first CPU, then the other CPUs of a die against that one; the sum of both bounds is a CPU's bound
 * against the reference. Needs no rights.
 */
#pragma once

#include "probe/result.h"

/* Lowers the calling thread's priority to the least and leaves its affinity as it was. A CPU that disappears or does not answer is
 * a fate, not a failure. 0, -ENODEV (no CPU may be measured), -ENOMEM or the -errno of reading the list of CPUs. *ret is the
 * caller's (probe_result_done), untouched on failure. */
int probe_run(const ProbeOptions *options, ProbeResult *ret);
