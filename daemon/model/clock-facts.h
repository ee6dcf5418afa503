/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What decides how the kernel treats this host's TSC, and what follows from it without looking at the log.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "model/clock-words.h"
#include "model/facts.h"
#include "model/kernel-line.h"
#include "model/snapshot.h"

/* Sets what Facts has of the snapshot: driver, states and governors. */
void clock_facts_add_snapshot(Facts *facts, const Snapshot *snapshot);

/* What /sys/devices/system/clocksource/clocksource0 says; NULL = unreadable. */
typedef struct ClockObservation {
        const char *current;
        const char *available; /* blanks between the names, one at the end or none */
} ClockObservation;

#define CLOCKSOURCES_SIZE 256

/* A clocksource that clock_gettime(2) reads without a system call (those with a vdso_clock_mode on x86). */
bool clocksource_has_vdso(const char *name);

/* What flags and boot parameters alone say the kernel will do on every boot: REASON_NONE (keep the TSC),
 * REASON_UNSYNCHRONIZED, REASON_IDLE_HALT, REASON_CPUFREQ_CHANGE, REASON_BOOT_PARAMETER. */
ClockReason clock_facts_predict(const Facts *facts);

/* The clocksource that the command line asks for, as the kernel understands it: clocksource=NAME, or the older
 * clock=NAME, of which pmtmr means acpi_pm (kernel/time/clocksource.c boot_override_clock). *ret_parameter is
 * "clocksource" or "clock". False: none. */
bool clock_facts_asked_clocksource(const Facts *facts, char ret[static CLOCKSOURCE_NAME_SIZE],
                                   const char **ret_parameter);

/* AMD without constant_tsc on several CPUs: given up at boot (unsynchronized_tsc(), arch/x86/kernel/tsc.c), from 6.12
 * on only with several packages. */
bool clock_facts_unsynchronized(const Facts *facts);
/* A boot parameter keeps frequency transitions, or the registration of C2 and deeper, from happening. */
bool clock_facts_frequency_held(const Facts *facts);
bool clock_facts_idle_limited(const Facts *facts);

bool clock_facts_kernel_before(const Facts *facts, unsigned major, unsigned minor); /* false when unknown */

/* Whether the kernel's clocksource watchdog looks at the TSC, and what it compares it with: the name, "" for none.
 * `available` is available_clocksource, NULL = unreadable. */
WatchdogState clock_facts_watchdog(const Facts *facts, const char *available,
                                   char ret_reference[static CLOCKSOURCE_NAME_SIZE]);

/* One sentence: why, and what the watchdog could notice. Heap string owned by the caller, NULL when out of memory. */
char *clock_facts_watchdog_reason(const Facts *facts, const char *available);
