/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The request to a probe, and its result for each CPU.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cpuset.h"
#include "base/macro.h"
#include "probe/track.h"

typedef struct ProbeOptions {
        const CpuSet *cpus; /* NULL: all but isolated ones */
        bool all;           /* isolated ones too */
        unsigned seconds;   /* rounds go on for as long; two at least */
        /* Called after each pair; may be NULL. */
        void (*on_progress)(unsigned round, size_t done, size_t total, void *userdata);
        void *userdata;
} ProbeOptions;

typedef enum ProbeFate {
        PROBE_MEASURED, /* in two rounds or more */
        PROBE_OFFLINE,
        PROBE_ISOLATED,  /* isolcpus= or nohz_full=, and not asked for */
        PROBE_FORBIDDEN, /* not in this process's cpuset */
        PROBE_NO_ANSWER, /* so busy that no exchange was finished, or gone offline meanwhile */
        PROBE_FATE_MAX_,
} ProbeFate;

typedef struct ProbeCpu {
        unsigned id;
        int package, die; /* -1 unknown */
        size_t leader;    /* index of the CPU it is measured against; of the first: its own */
        ProbeFate fate;
        Track track;    /* against the reference */
        Interval round; /* the last one, when has_round */
        bool has_round;
} ProbeCpu;

typedef struct ProbeResult {
        ProbeCpu *cpus; /* owned; by number, the reference is the first that may be measured */
        size_t n, reference;
        unsigned n_online;
        unsigned n_rounds;
        uint64_t tsc_khz;
} ProbeResult;

void probe_result_done(ProbeResult *result);
#define _cleanup_probe_result_ _cleanup_(probe_result_done)

/* Ticks as nanoseconds, rounded away from zero: a bound never becomes narrower. */
int64_t probe_nsec(const ProbeResult *result, int64_t ticks);
/* How far any two measured CPUs can be apart at most, in ns. */
int64_t probe_bound_nsec(const ProbeResult *result);
size_t probe_count(const ProbeResult *result, ProbeFate fate);
/* The measured CPUs that are convicted. 0 or -ENOMEM. */
int probe_convicted(const ProbeResult *result, CpuSet *ret);
