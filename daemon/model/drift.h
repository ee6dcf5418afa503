/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Counts how often other programs change a knob of the policy, and decides when the knob is contested and for how long
 * the daemon then leaves it alone. watch/drift-judge.c asks for each foreign write. Times are CLOCK_MONOTONIC in
 * microseconds, passed in.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/macro.h"
#include "model/knob.h"

/* A knob that was changed so often within this time is contested. */
#define DRIFT_LOSSES_MAX 5
#define DRIFT_WINDOW_USEC UINT64_C(60000000)
#define DRIFT_BACKOFF_MIN_USEC UINT64_C(10000000)
#define DRIFT_BACKOFF_MAX_USEC UINT64_C(600000000)
#define DRIFT_NEVER UINT64_MAX

typedef enum DriftPhase {
        DRIFT_AT_PEACE,
        DRIFT_HELD_BACK, /* contested: the other side's value stays */
        DRIFT_ON_TRIAL,  /* contested: set again, to see whether it stays */
} DriftPhase;

/* What lowered a maximum. The daemon does not raise it again. */
typedef enum DriftLimit {
        DRIFT_NO_LIMIT,
        DRIFT_LIMIT_OF_KERNEL, /* firmware, or the kernel because of heat */
        DRIFT_LIMIT_OF_WRITER, /* a thermal daemon */
} DriftLimit;

typedef struct DriftAccount {
        KnobId id;
        bool off; /* the knob does not have the policy's value */
        DriftLimit limit;
        DriftPhase phase;
        uint64_t disturbed_usec;              /* when somebody last wrote to it during the wait */
        uint64_t lost_usec[DRIFT_LOSSES_MAX]; /* a ring of times */
        unsigned n_lost; /* number of changes since the account was made, or the last contest ended */
        uint64_t backoff_usec;
        uint64_t due_usec; /* end of the phase */
} DriftAccount;

/* All zero is ready for use. Memory is bounded by the knobs that were changed within one window, or do not have the
 * policy's value. */
typedef struct Drift {
        DriftAccount *accounts; /* sorted by knob_id_compare */
        size_t n;
        uint64_t counts[KNOB_MAX_]; /* how often the policy's value was changed */
        bool report_only;           /* DRIFT=report: nothing is repaired, so there is no contest either */
} Drift;

typedef enum DriftAnswer {
        DRIFT_NO_NEWS,  /* the knob has the policy's value, or the change was counted before */
        DRIFT_LOST,     /* to be repaired */
        DRIFT_CONTEST,  /* a contest begins: leave the knob alone */
        DRIFT_ON_AGAIN, /* changed while on trial: leave the knob alone, for longer */
} DriftAnswer;

void drift_done(Drift *drift);
#define _cleanup_drift_ _cleanup_(drift_done)

/* Another program has written. `off`: the knob does not have the policy's value now. 0 and *ret_answer, or -ENOMEM. */
int drift_feed(Drift *drift, const KnobId *id, uint64_t now_usec, bool off, DriftAnswer *ret_answer);
/* 0 or -ENOMEM. */
int drift_set_limit(Drift *drift, const KnobId *id, DriftLimit limit);
/* Call this when the daemon has set the policy's value again. */
void drift_set_repaired(DriftAccount *account);

/* NULL: nobody has changed it, or not for long. Valid until the next drift_feed() or drift_set_limit(). */
DriftAccount *drift_find(const Drift *drift, const KnobId *id);
bool drift_is_contested(const DriftAccount *account);

/* What is due by now, one knob at a time: 1 and *ret, or 0 if nothing more. *ret_over: the other side has stopped, the
 * contest is over. Otherwise the other side was quiet for long enough: the knob is to be repaired, on trial. A contest
 * that goes on (somebody wrote within DRIFT_BACKOFF_MIN_USEC) waits twice as long without being returned, and so does
 * one whose repair failed. */
int drift_next_due(Drift *drift, uint64_t now_usec, DriftAccount **ret, bool *ret_over);
/* When to call drift_next_due(); or DRIFT_NEVER. */
uint64_t drift_deadline(const Drift *drift);
/* A person asked for Apply() or Restore(): no knob is contested, limited or off any more. The counts stay. */
void drift_forget(Drift *drift);

/* A value of the policy that another program changed. */
typedef struct DriftReport {
        KnobId id;
        const char *wanted, *actual;
        pid_t pid;          /* 0: unknown */
        const char *writer; /* its name, unit and command line, for people, not escaped; "": unknown */
        bool repaired;
} DriftReport;
