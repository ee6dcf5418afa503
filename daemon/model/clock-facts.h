/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What decides how the kernel treats this host's TSC, and what follows from it without looking at the log.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "model/clock-words.h"
#include "model/facts.h"
#include "model/snapshot.h"
#include "model/kernel-line.h"

typedef struct ClockFacts {
        /* /proc/cpuinfo; a flag counts only when every online CPU has it. */
        bool has_tsc;
        bool constant_tsc;
        bool nonstop_tsc;
        bool tsc_adjust;
        bool tsc_reliable; /* the hypervisor or the CPU model vouches for it */
        bool tsc_known_freq;
        bool hypervisor;
        bool xen_control; /* Xen's control domain: has the hypervisor flag and is no guest of somebody */
        char vendor[16];
        unsigned family;
        unsigned n_cpus; /* possible ones; 0 = unknown, as below */
        unsigned n_packages;
        unsigned n_nodes;                    /* online NUMA nodes */
        unsigned kernel_major, kernel_minor; /* uname -r. Never decides what a log line means */
        const char *cmdline;                 /* borrowed; NULL = unreadable */

        /* From the snapshot; "" for none. */
        char idle_driver[16];
        char deep_state[16];      /* the deepest registered idle state of more than C1 */
        char moving_governor[16]; /* of any policy: one that changes the frequency by itself */
        /* Nothing there that a boot parameter could keep away, and none does: the idle driver has no state beyond C1, no cpufreq
         * driver has registered. */
        bool idle_is_shallow, frequency_is_fixed;
        /* The driver is p4-clockmod, which leaves the TSC alone. */
        bool frequency_is_modulated;
} ClockFacts;

/* Gathers them; the cmdline stays that of `facts`. `snapshot` may be NULL: then nothing is known of idle states and governors. */
void clock_facts_fill(ClockFacts *ret, const Facts *facts, const Snapshot *snapshot);

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
ClockReason clock_facts_predict(const ClockFacts *facts);

/* The clocksource that the command line asks for, as the kernel understands it: clocksource=NAME, or the older
 * clock=NAME, of which pmtmr means acpi_pm (kernel/time/clocksource.c boot_override_clock). *ret_parameter is
 * "clocksource" or "clock". False: none. */
bool clock_facts_asked_clocksource(const ClockFacts *facts, char ret[static CLOCKSOURCE_NAME_SIZE],
                                   const char **ret_parameter);

/* AMD without constant_tsc on several CPUs: given up at boot (unsynchronized_tsc(), arch/x86/kernel/tsc.c), from 6.12
 * on only with several packages. */
bool clock_facts_unsynchronized(const ClockFacts *facts);
/* A boot parameter keeps frequency transitions, or the registration of C2 and deeper, from happening. */
bool clock_facts_frequency_held(const ClockFacts *facts);
bool clock_facts_idle_limited(const ClockFacts *facts);

bool clock_facts_kernel_at_least(const ClockFacts *facts, unsigned major, unsigned minor); /* false when unknown */
bool clock_facts_kernel_before(const ClockFacts *facts, unsigned major, unsigned minor);   /* false when unknown */

/* Whether the kernel's clocksource watchdog looks at the TSC, and what it compares it with: the name, "" for none.
 * `available` is available_clocksource, NULL = unreadable. */
WatchdogState clock_facts_watchdog(const ClockFacts *facts, const char *available,
                                   char ret_reference[static CLOCKSOURCE_NAME_SIZE]);

/* One sentence: why, and what the watchdog could notice. Heap string owned by the caller, NULL when out of memory. */
char *clock_facts_watchdog_reason(const ClockFacts *facts, const char *available);
