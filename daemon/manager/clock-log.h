/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Writes to the journal what the watch of the clock has found. The journal's level follows the urgency.
 */
#pragma once

#include "model/facts.h"
#include "model/verdict.h"
#include "watch/events.h"

/* All members are borrowed. */
typedef struct ClockLog {
        Events *events;
        const Clock *clock;
        const char *microcode; /* as in Facts */
        const char *vms;       /* names of the virtual machines that run, unescaped; "": none; NULL: out of memory */
} ClockLog;

/* Logs what happened. Logs the verdict only if it has changed. */
void clock_log_changes(const ClockLog *log, const ClockChanges *changes);
/* Logs the verdict if the TSC is lost or nothing checks it. Other verdicts are not logged. */
void clock_log_verdict(const ClockLog *log);
/* Logs what on this host contradicts its CPU (model/clock-advice.h): those kinds in `mask` that were not in `logged`.
 * Both are bits of AdviceKind. Returns the kinds that have been logged by now. */
unsigned clock_log_advice(Events *events, const Facts *facts, unsigned mask, unsigned logged);
