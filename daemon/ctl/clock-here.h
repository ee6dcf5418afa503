/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The verdict on this machine's TSC without a running tscwardend. It comes from the files that tscwardend reads when it
 * starts.
 */
#pragma once

#include "model/facts.h"
#include "model/verdict.h"

/* Initialises `clock` and reads the records of an earlier tscwardend, the kernel's log and the clocksources, as far as
 * this user may read them. If the kernel's log no longer has the beginning of this boot, it also reads the journal.
 * `clock` keeps a pointer to `facts`. 0 or -ENOMEM. */
int clock_here_read(Clock *clock, const Facts *facts);
