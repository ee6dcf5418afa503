/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The verdict on this machine's TSC without a running tscwardend, from what tscwardend would read at its start.
 */
#pragma once

#include "model/facts.h"
#include "model/verdict.h"

/* Makes `clock` and reads what a tscwardend left behind, the kernel's log and the clocksources, as far as this user may; the journal where the
 * log has wrapped. `facts` outlive the clock. 0 or -ENOMEM. */
int clock_here_read(Clock *clock, const Facts *facts);
