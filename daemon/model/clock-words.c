/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/macro.h"
#include "model/clock-words.h"

static const char *const verdict_words[VERDICT_MAX_] = {
        [VERDICT_UNKNOWN] = "unknown",       [VERDICT_STABLE] = "stable", [VERDICT_TRUSTED] = "trusted",
        [VERDICT_UNVERIFIED] = "unverified", [VERDICT_UNUSED] = "unused", [VERDICT_UNSTABLE] = "unstable",
        [VERDICT_ABSENT] = "absent",
};

static const char *const reason_words[REASON_MAX_] = {
        [REASON_NONE] = "",
        [REASON_CLOCKSOURCE_WATCHDOG] = "clocksource-watchdog",
        [REASON_INTER_CPU_SKEW] = "inter-cpu-skew",
        [REASON_CPUFREQ_CHANGE] = "cpufreq-change",
        [REASON_IDLE_HALT] = "idle-halt",
        [REASON_C1E] = "c1e",
        [REASON_UNSYNCHRONIZED] = "unsynchronized",
        [REASON_WARP] = "warp",
        [REASON_READ_DELAY] = "read-delay",
        [REASON_KVM_BACKWARDS] = "kvm-backwards",
        [REASON_HYPERVISOR] = "hypervisor",
        [REASON_BOOT_PARAMETER] = "boot-parameter",
        [REASON_FIRMWARE] = "firmware",
        [REASON_CALIBRATION] = "calibration",
        [REASON_NEVER_REGISTERED] = "never-registered",
        [REASON_USER_SWITCH] = "user-switch",
        [REASON_UNBOUND] = "unbound",
        [REASON_GUEST_DEFAULT] = "guest-default",
        [REASON_OTHER] = "other",
};

static const char *const watchdog_words[WATCHDOG_MAX_] = {
        [WATCHDOG_UNKNOWN] = "unknown", [WATCHDOG_ACTIVE] = "active", [WATCHDOG_EXEMPT] = "exempt",
        [WATCHDOG_OFF] = "off",         [WATCHDOG_ABSENT] = "absent",
};

static const char *const suspect_words[SUSPECT_MAX_] = {
        [SUSPECT_NONE] = "",         [SUSPECT_TSC] = "tsc",       [SUSPECT_REFERENCE] = "reference",
        [SUSPECT_EITHER] = "either", [SUSPECT_DESIGN] = "design",
};

static const char *const urgency_words[URGENCY_MAX_] = {
        [URGENCY_NONE] = "none",
        [URGENCY_TICKET] = "ticket",
        [URGENCY_EVACUATE] = "evacuate",
};

static int word_find(const char *const *words, int n, const char *text)
{
        for (int i = 0; i < n; i++)
                if (strcmp(words[i], text) == 0)
                        return i;
        return -1;
}

/* name_to_string() and name_from_string(), which gives -1 for a text that is none of the words. */
#define DEFINE_WORDS(name, type, words, n)        \
        DEFINE_TO_STRING(name, type, words);      \
        type name##_from_string(const char *text) \
        {                                         \
                return word_find(words, n, text); \
        }                                         \
        struct macro_eats_semicolon_

bool verdict_in_use(Verdict verdict)
{
        return verdict == VERDICT_STABLE || verdict == VERDICT_TRUSTED || verdict == VERDICT_UNVERIFIED;
}

DEFINE_WORDS(verdict, Verdict, verdict_words, VERDICT_MAX_);
DEFINE_WORDS(clock_reason, ClockReason, reason_words, REASON_MAX_);
DEFINE_TO_STRING(watchdog_state, WatchdogState, watchdog_words);
DEFINE_WORDS(suspect, Suspect, suspect_words, SUSPECT_MAX_);
DEFINE_WORDS(urgency, Urgency, urgency_words, URGENCY_MAX_);
