/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Reads the facts from /proc and /sys.
 */
#pragma once

#include <stdio.h>

#include "model/facts.h"

/* 0, -EBADMSG when /proc/cpuinfo lists no CPU that we understand, -ENOMEM, or the -errno of reading /proc/cpuinfo or
 * /proc/cmdline. An unreadable clocksource is left NULL, a count 0. *ret is the caller's (facts_done), untouched on
 * failure. */
int facts_read(Facts *ret);

/* Fills *facts, which must not have been filled before, from /proc/cpuinfo: flags, CPU sets, n_cpus, and the vendor,
 * family, model and microcode of the first CPU. A CPU without a line of flags has no flags. 0, -EBADMSG (no CPU, or one
 * without a proper number), -ENOMEM, or the stream's -errno. After a failure *facts may be filled in part and is still
 * the caller's. */
int facts_parse_cpuinfo(FILE *stream, Facts *facts);
