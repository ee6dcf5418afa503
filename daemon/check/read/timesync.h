/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Finds out which program sets this machine's time, from the kernel, the processes, chronyc and ntpq. For
 * systemd-timesyncd the kernel and a file in /run are enough; it is not queried on the bus.
 */
#pragma once

#include "check/timesync.h"

/* What cannot be found out is marked as not known. Takes a bounded time, even if a client hangs. 0, or -ENOMEM and
 * *ret is untouched. */
int timesync_read(TimeInput *ret);

/* Runs chronyc. 0, or the -errno of tool_run() and *ret is untouched. */
int timesync_ask_chrony(ChronyReport *ret);
