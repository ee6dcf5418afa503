/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The words that describe the clock on the bus, in the journal and in files.
 */
#pragma once

#include <stdbool.h>

typedef enum Verdict {
        VERDICT_UNKNOWN,
        VERDICT_STABLE,     /* in use, the kernel's watchdog compares it */
        VERDICT_TRUSTED,    /* in use, exempt because constant, nonstop and adjustable */
        VERDICT_UNVERIFIED, /* in use, nothing checks it */
        VERDICT_UNUSED,     /* registered and unmarked, another clocksource is current */
        VERDICT_UNSTABLE,   /* given up by the kernel until the next boot */
        VERDICT_ABSENT,     /* neither registered nor given up */
        VERDICT_MAX_,
        VERDICT_INVALID_ = -1,
} Verdict;

typedef enum ClockReason {
        REASON_NONE,
        REASON_CLOCKSOURCE_WATCHDOG,
        REASON_INTER_CPU_SKEW,
        REASON_CPUFREQ_CHANGE,
        REASON_IDLE_HALT,
        REASON_C1E,
        REASON_UNSYNCHRONIZED,
        REASON_WARP,
        REASON_READ_DELAY,
        REASON_KVM_BACKWARDS,
        REASON_HYPERVISOR,
        REASON_BOOT_PARAMETER,
        REASON_FIRMWARE,
        REASON_CALIBRATION,
        REASON_NEVER_REGISTERED,
        REASON_USER_SWITCH,
        REASON_UNBOUND,
        REASON_GUEST_DEFAULT,
        REASON_OTHER,
        REASON_MAX_,
        REASON_INVALID_ = -1,
} ClockReason;

typedef enum WatchdogState {
        WATCHDOG_UNKNOWN, /* kernels differ, and nothing shows which rule this one follows */
        WATCHDOG_ACTIVE,
        WATCHDOG_EXEMPT, /* the kernel decided so itself */
        WATCHDOG_OFF,    /* because of a boot parameter */
        WATCHDOG_ABSENT, /* no reference clock; or no TSC to watch */
        WATCHDOG_MAX_,
        WATCHDOG_INVALID_ = -1,
} WatchdogState;

/* The clock that the evidence convicts. */
typedef enum Suspect {
        SUSPECT_NONE,
        SUSPECT_TSC,       /* the CPUs differ, a warp of a microsecond or more, it went back, firmware changed it */
        SUSPECT_REFERENCE, /* the clock that the TSC was compared with */
        SUSPECT_EITHER,
        SUSPECT_DESIGN, /* expected: because of the hardware or the boot parameters */
        SUSPECT_MAX_,
        SUSPECT_INVALID_ = -1,
} Suspect;

typedef enum Urgency {
        URGENCY_NONE,
        URGENCY_TICKET,   /* somebody should look in working hours */
        URGENCY_EVACUATE, /* the clock that guests here use got worse, and nothing predicted that: act now */
        URGENCY_MAX_,
        URGENCY_INVALID_ = -1,
} Urgency;

/* True if the verdict says that the TSC is the current clocksource. */
bool verdict_in_use(Verdict verdict);
const char *verdict_to_string(Verdict verdict);
Verdict verdict_from_string(const char *text);          /* VERDICT_INVALID_ for an unknown word */
const char *clock_reason_to_string(ClockReason reason); /* "" for REASON_NONE */
ClockReason clock_reason_from_string(const char *text);
const char *watchdog_state_to_string(WatchdogState state);
const char *suspect_to_string(Suspect suspect); /* "" for SUSPECT_NONE */
Suspect suspect_from_string(const char *text);
const char *urgency_to_string(Urgency urgency);
Urgency urgency_from_string(const char *text);
