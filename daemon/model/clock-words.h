/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The words the clock is spoken of with, on the bus, in the journal and in files.
 */
#pragma once

typedef enum Verdict {
        VERDICT_UNKNOWN,
        VERDICT_STABLE,     /* in use, the kernel's watchdog compares it */
        VERDICT_TRUSTED,    /* in use, exempt because constant, nonstop and adjustable */
        VERDICT_UNVERIFIED, /* in use, nothing checks it */
        VERDICT_UNUSED,     /* registered and unmarked, another clocksource is current */
        VERDICT_UNSTABLE,   /* marked: for good, until reboot */
        VERDICT_ABSENT,     /* not registered, not marked */
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
        WATCHDOG_UNKNOWN, /* kernel generations differ here, and nothing tells which rule this one follows */
        WATCHDOG_ACTIVE,
        WATCHDOG_EXEMPT, /* the kernel's own decision */
        WATCHDOG_OFF,    /* a boot parameter's */
        WATCHDOG_ABSENT, /* no reference clock; or no TSC to watch */
        WATCHDOG_MAX_,
        WATCHDOG_INVALID_ = -1,
} WatchdogState;

const char *verdict_to_string(Verdict verdict);
Verdict verdict_from_string(const char *text);          /* VERDICT_INVALID_ for no such word */
const char *clock_reason_to_string(ClockReason reason); /* "" for REASON_NONE */
ClockReason clock_reason_from_string(const char *text);
const char *watchdog_state_to_string(WatchdogState state);
WatchdogState watchdog_state_from_string(const char *text);
