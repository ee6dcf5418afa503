/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Which clock the evidence convicts, and how soon somebody has to act. Decided here and nowhere else: bus, exit status,
 * metrics, alerts, journal level and `tscwarden status` repeat it.
 */
#pragma once

#include <stdbool.h>

#include "model/facts.h"
#include "model/clock-view.h"

/* A mark this soon after the kernel's start is there at every boot, and no guest had a better clock before it. */
#define CLOCK_EARLY_USEC UINT64_C(60000000)

/* Of *view, suspect and urgency are not read. */
Suspect clock_find_suspect(const Facts *facts, const ClockView *view);
/* Of *view, urgency is not read. What a probe proved is a ticket at least, whatever the kernel says. */
Urgency clock_find_urgency(const Facts *facts, const ClockView *view);
/* The same from what the kernel says alone. */
Urgency clock_find_verdict_urgency(const Facts *facts, const ClockView *view);

/* Marked within the first minute of this boot; false when it is not known when. */
bool clock_is_early(const ClockView *view);
/* The sync test measured less than a microsecond: that may be the measurement itself. */
bool clock_warp_is_tiny(const ClockView *view);
/* The watchdog compared with the count of timer ticks, which misses some when interrupts are late. */
bool clock_reference_is_ticks(const ClockView *view);
/* The TSC showed no time or less than none between two looks. The kernel clips that to 0, so the skew is minus the
 * whole interval. */
bool clock_went_back(const ClockView *view);
/* Inside a virtual machine or Xen's control domain, on a clock that the hypervisor keeps: what happens to the TSC then
 * touches nothing. */
bool clock_is_paravirtual(const Facts *facts, const char *clocksource);
