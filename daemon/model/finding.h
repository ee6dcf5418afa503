/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A reason why the policy is not fully in force, in one record for all the CPUs that it concerns.
 */
#pragma once

#include <stdbool.h>

#include "base/cpuset.h"
#include "model/knob.h"

typedef enum FindingKind {
        FINDING_NO_CPUFREQ,     /* waiting: no cpufreq driver yet */
        FINDING_NO_CPUIDLE,     /* waiting: no cpuidle driver yet */
        FINDING_CPU_NOT_HERE,   /* waiting: the configuration names CPUs that are not present */
        FINDING_OFFLINE,        /* no fault: these CPUs get the policy when they come online */
        FINDING_REFUSED,        /* degraded: the kernel refuses a governor */
        FINDING_NO_SUCH_CSTATE, /* degraded: MAX_CSTATE names a state these CPUs do not have; the shallowest holds */
        FINDING_NO_SUCH_STATE,  /* degraded: idle-set names an index these CPUs do not have */
        FINDING_NO_SUCH_KNOB,   /* degraded: neither driver nor CPU has such a knob */
        FINDING_SHARED_POLICY,  /* degraded: the rules want different values for CPUs of one cpufreq policy */
        FINDING_FAILED,         /* degraded: a read or write failed */
        FINDING_IGNORED,        /* degraded: the write was accepted, the value did not change */
        FINDING_LIMITED,        /* no fault: a maximum was accepted and reads lower: firmware or thermal limits */
        FINDING_WITHHELD,       /* degraded: the step would cost the living TSC */
        FINDING_NOT_HELD,       /* degraded: the frequency cannot be frozen, so the governor stays */
        FINDING_NO_SUCH_BIAS,   /* no fault: the CPU has no energy_perf_bias, so there is none to set */
        FINDING_OVERRULED,      /* no fault: the governor performance does not allow this energy preference */
        FINDING_ROUNDED,        /* no fault: a limit between two entries of the driver's table */
        /* no fault: a frequency outside the hardware's range, or a rule that would leave only POLL */
        FINDING_CLAMPED,
        FINDING_IDLE_GOVERNOR, /* degraded: the cpuidle governor ignores `disable` */
} FindingKind;

typedef struct Finding {
        FindingKind kind;
        CpuSet cpus;
        Knob knob;
        char wanted[KNOB_VALUE_SIZE];
        char actual[KNOB_VALUE_SIZE];
        char driver[KNOB_VALUE_SIZE];
        char *offers;       /* owned: what the driver or CPU offers instead, blanks between; or NULL */
        char *object;       /* owned: the first object concerned, "cpufreq/policy0" */
        unsigned n_objects; /* set by findings_add() */
        int error;          /* negative errno, 0 for none */
} Finding;

typedef struct Findings {
        Finding *entries;
        unsigned n;
} Findings;

/* A finding about no CPU so far. Each text may be NULL: "". What does not fit is cut. */
Finding finding_make(FindingKind kind, Knob knob, const char *wanted, const char *actual, const char *driver);

void findings_done(Findings *findings);
#define _cleanup_findings_ _cleanup_(findings_done)

/* Adds `cpus` to the finding that equals `like` in everything except cpus and object; or a copy of `like` if there is
 * none. 0 or -ENOMEM. */
int findings_add(Findings *findings, const Finding *like, const CpuSet *cpus);

/* Whether a finding that equals `like` in everything except object concerns exactly these CPUs. */
bool findings_have(const Findings *findings, const Finding *like);

/* It is about the host as a whole, whichever CPUs it names. */
bool finding_is_of_host(FindingKind kind);
bool finding_is_waiting(FindingKind kind);
bool finding_is_degraded(FindingKind kind);
/* No fault, but the value differs from the configuration's: it is logged once, and `status` shows it. */
bool finding_is_note(FindingKind kind);

/* One sentence: what, where, why, what helps. Heap string owned by the caller, NULL when out of memory. */
char *finding_format(const Finding *finding);
