/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Writes to the journal what the watch of the clock has found. The journal's level follows the urgency.
 */
#pragma once

#include "model/clock-facts.h"
#include "model/verdict.h"
#include "watch/events.h"

/* All of it is borrowed. */
typedef struct ClockLog {
        Events *events;
        const Clock *clock;
        const char *microcode; /* as in Facts */
        const char *vms;       /* names of the virtual machines that run, unescaped; "" none, NULL out of memory */
} ClockLog;

/* What happened. The verdict is written only where it is another one. */
void clock_log_changes(const ClockLog *log, const ClockChanges *changes);
/* The verdict as it is: a TSC that is lost, or that nothing checks; any other is no news. */
void clock_log_verdict(const ClockLog *log);
/* What on this host contradicts its CPU (model/clock-advice.h): of the kinds in `mask` those that were not `logged` before. Both are
 * bits of AdviceKind. Returns what is logged now. */
unsigned clock_log_advice(Events *events, const ClockFacts *facts, unsigned mask, unsigned logged);
