/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Which CPUs' counters differ, in rounds a second of idleness apart. One CPU of each die is measured against the first, then the
 * others against the first of their die: the sum of both bounds is a CPU's bound against the reference. No rights are needed.
 */
#pragma once

#include "probe/result.h"

/* Lowers the calling thread's priority to the least and leaves its affinity as it was. A CPU that disappears or does not answer is
 * a fate, not a failure. 0, -ENODEV (no CPU may be measured), -ENOMEM or the -errno of reading the list of CPUs. *ret is the
 * caller's (probe_result_done), untouched on failure. */
int probe_run(const ProbeOptions *options, ProbeResult *ret);
