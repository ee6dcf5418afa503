/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Counts what others did to the knobs of the policy: how often, when it becomes a contest, how long to stay out of it.
 * Times are CLOCK_MONOTONIC in microseconds, passed in.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/macro.h"
#include "model/knob.h"

/* A knob lost so often in this time is contested. */
#define DRIFT_LOSSES_MAX 5
#define DRIFT_WINDOW_USEC UINT64_C(60000000)
#define DRIFT_BACKOFF_MIN_USEC UINT64_C(10000000)
#define DRIFT_BACKOFF_MAX_USEC UINT64_C(600000000)
#define DRIFT_NEVER UINT64_MAX

typedef enum DriftPhase {
        DRIFT_AT_PEACE,
        DRIFT_HELD_BACK, /* contested: left to the other side */
        DRIFT_ON_TRIAL,  /* contested: set again, to see whether it stays */
} DriftPhase;

/* What lowered a maximum: not ours to raise. */
typedef enum DriftLimit {
        DRIFT_NO_LIMIT,
        DRIFT_LIMIT_OF_KERNEL, /* firmware, or against heat */
        DRIFT_LIMIT_OF_WRITER, /* a thermal daemon */
} DriftLimit;

typedef struct DriftAccount {
        KnobId id;
        bool off; /* the policy does not hold */
        DriftLimit limit;
        DriftPhase phase;
        uint64_t disturbed_usec;              /* when it was last written to while it was held back */
        uint64_t lost_usec[DRIFT_LOSSES_MAX]; /* a ring */
        unsigned n_lost;                      /* ever, but for a contest that is over */
        uint64_t backoff_usec;
        uint64_t due_usec; /* the end of the phase */
} DriftAccount;

/* All zero is ready for use. Memory is bounded by the knobs that were lost in one window, or are off. */
typedef struct Drift {
        DriftAccount *accounts; /* sorted by knob_id_compare */
        size_t n;
        uint64_t counts[KNOB_MAX_]; /* how often the policy was lost */
        bool report_only;           /* nothing is repaired, so nothing is contested either: it takes two */
} Drift;

typedef enum DriftAnswer {
        DRIFT_NO_NEWS,  /* the policy holds, or was lost before */
        DRIFT_LOST,     /* to be repaired */
        DRIFT_CONTEST,  /* a contest begins: hands off */
        DRIFT_ON_AGAIN, /* lost while on trial: hands off, for longer */
} DriftAnswer;

void drift_done(Drift *drift);
#define _cleanup_drift_ _cleanup_(drift_done)

/* Somebody wrote; `off`: the policy does not hold now. 0 and *ret_answer, or -ENOMEM. */
int drift_feed(Drift *drift, const KnobId *id, uint64_t now_usec, bool off, DriftAnswer *ret_answer);
/* 0 or -ENOMEM. */
int drift_set_limit(Drift *drift, const KnobId *id, DriftLimit limit);
/* The policy holds again, by us. */
void drift_set_repaired(DriftAccount *account);

/* NULL: never lost, or long ago. Valid until the next drift_feed() or drift_set_limit(). */
DriftAccount *drift_find(const Drift *drift, const KnobId *id);
bool drift_is_contested(const DriftAccount *account);

/* What is due by now, one at a time: 1 and *ret, 0 nothing more. *ret_over: the other side has stopped, the contest is over; else it
 * was quiet long enough, and the account is on trial: to be repaired. A contest that goes on (somebody wrote
 * within DRIFT_BACKOFF_MIN_USEC) is held back for twice the time without a word, and so is one whose repair failed. */
int drift_next_due(Drift *drift, uint64_t now_usec, DriftAccount **ret, bool *ret_over);
/* When to call drift_next_due(); DRIFT_NEVER. */
uint64_t drift_deadline(const Drift *drift);
/* A person says so: nothing is contested, limited or off. Counts stay. */
void drift_forget(Drift *drift);

/* A value of the policy that another program changed. */
typedef struct DriftReport {
        KnobId id;
        const char *wanted, *actual;
        pid_t pid;          /* 0: unknown */
        const char *writer; /* its name, unit and command line, for people, not escaped; "": unknown */
        bool repaired;
} DriftReport;
