/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Finds out which program sets this machine's time, from the kernel, the processes, chronyc and ntpq. systemd-
 * timesyncd is not asked on the bus: the kernel and its file in /run are enough for a judgement.
 */
#pragma once

#include "check/timesync.h"

/* What cannot be found out says so in its place. Takes a bounded time, also when a client hangs. 0 or -ENOMEM. *ret
 * is untouched on failure. */
int timesync_read(TimeInput *ret);

/* What chronyc says now. 0, or the -errno of running it (tool_run()); then *ret is untouched. */
int timesync_ask_chrony(ChronyReport *ret);
