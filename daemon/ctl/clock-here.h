/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The verdict on this machine's TSC without a running tscwardend. It comes from the files that tscwardend reads when it
 * starts.
 */
#pragma once

#include "base/macro.h"
#include "model/clock-view.h"
#include "model/facts.h"
#include "model/snapshot.h"
#include "model/verdict.h"

typedef struct ClockHere {
        Facts facts;
        Snapshot snapshot;
        Clock clock; /* points to `facts`, so this struct is not copied */
        ClockView view;
} ClockHere;

/* Reads the CPUs, the records of an earlier tscwardend, the kernel's log and the clocksources, as far as this user may
 * read them. If the kernel's log no longer has the beginning of this boot, it also reads the journal. *here must be
 * empty; the caller owns it even after a failure. 0, or the -errno of reading the CPUs and the kernel. */
int clock_here_read(ClockHere *here);
void clock_here_done(ClockHere *here);
#define _cleanup_clock_here_ _cleanup_(clock_here_done)
