/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Decides which clock the evidence convicts, and how soon somebody has to act. No other file decides that: bus, exit
 * status, metrics, alerts, journal level and `tscwarden status` repeat it.
 */
#pragma once

#include <stdbool.h>

#include "model/facts.h"
#include "model/clock-view.h"

/* A mark so soon after the kernel's start comes at every boot, and no guest had a better clock before it. */
#define CLOCK_EARLY_USEC UINT64_C(60000000)

/* Does not read suspect and urgency of *view. */
Suspect clock_find_suspect(const Facts *facts, const ClockView *view);
/* Does not read urgency of *view. A difference that a probe proved is at least a ticket, whatever the kernel says. */
Urgency clock_find_urgency(const Facts *facts, const ClockView *view);
/* The urgency from what the kernel says alone. */
Urgency clock_find_verdict_urgency(const Facts *facts, const ClockView *view);

/* Marked within the first minute of this boot; false when it is not known when. */
bool clock_is_early(const ClockView *view);
/* The sync test measured less than a microsecond, which may be an error of the measurement. */
bool clock_warp_is_tiny(const ClockView *view);
/* The watchdog compared with the count of timer ticks. That count is too low when interrupts are late. */
bool clock_reference_is_ticks(const ClockView *view);
/* Between two checks the TSC advanced by nothing or went back. The kernel clips that to 0, so the skew is minus the
 * whole interval. */
bool clock_went_back(const ClockView *view);
/* This is a virtual machine or Xen's control domain, and its clock is one that the hypervisor provides: what happens to
 * the TSC then has no effect on it. */
bool clock_is_paravirtual(const Facts *facts, const char *clocksource);
