/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The facts that decide how the kernel treats this host's TSC, and what follows from them without the log.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "model/clock-words.h"
#include "model/facts.h"
#include "model/kernel-line.h"
#include "model/snapshot.h"

/* Sets those members of Facts that come from the snapshot: driver, states and governors. */
void clock_facts_add_snapshot(Facts *facts, const Snapshot *snapshot);

/* The content of /sys/devices/system/clocksource/clocksource0; NULL = unreadable. */
typedef struct ClockObservation {
        const char *current;
        const char *available; /* names separated by blanks, with or without one at the end */
} ClockObservation;

#define CLOCKSOURCES_SIZE 256

/* Whether clock_gettime(2) reads this clocksource without a system call (those with a vdso_clock_mode on x86). */
bool clocksource_has_vdso(const char *name);

/* What the kernel will do at every boot according to flags and boot parameters alone: REASON_NONE (keep the TSC),
 * REASON_UNSYNCHRONIZED, REASON_IDLE_HALT, REASON_CPUFREQ_CHANGE, REASON_BOOT_PARAMETER. */
ClockReason clock_facts_predict(const Facts *facts);

/* The clocksource that the command line asks for, as the kernel understands it: clocksource=NAME, or the older
 * clock=NAME, of which pmtmr means acpi_pm (kernel/time/clocksource.c boot_override_clock). *ret_parameter is
 * "clocksource" or "clock". False: none. */
bool clock_facts_asked_clocksource(const Facts *facts, char ret[static CLOCKSOURCE_NAME_SIZE],
                                   const char **ret_parameter);

/* Not Intel, without constant_tsc, several CPUs: the kernel gives the TSC up at boot (unsynchronized_tsc(),
 * arch/x86/kernel/tsc.c), from 6.12 on only with several packages. */
bool clock_facts_unsynchronized(const Facts *facts);
/* Whether a boot parameter prevents frequency changes, or the registration of C2 and deeper states. */
bool clock_facts_frequency_held(const Facts *facts);
bool clock_facts_idle_limited(const Facts *facts);

bool clock_facts_kernel_before(const Facts *facts, unsigned major, unsigned minor); /* false when unknown */

/* Whether the kernel's clocksource watchdog checks the TSC, and the name of the clock that it compares with ("" for
 * none). `available` is available_clocksource, NULL = unreadable. */
WatchdogState clock_facts_watchdog(const Facts *facts, const char *available,
                                   char ret_reference[static CLOCKSOURCE_NAME_SIZE]);

/* One sentence: why, and what the watchdog could notice. Heap string owned by the caller, NULL when out of memory. */
char *clock_facts_watchdog_reason(const Facts *facts, const char *available);
