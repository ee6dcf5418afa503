/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What a probe is asked for, and its result for each CPU.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cpuset.h"
#include "base/macro.h"
#include "probe/track.h"

typedef struct ProbeOptions {
        const CpuSet *cpus; /* NULL: all except isolated ones */
        bool all;           /* isolated ones too */
        unsigned seconds;   /* how long to go on with rounds; there are at least two */
        /* Called after each pair; may be NULL. */
        void (*on_progress)(unsigned round, size_t done, size_t total, void *userdata);
        void *userdata;
} ProbeOptions;

typedef enum ProbeFate {
        PROBE_MEASURED, /* measured in at least two rounds */
        PROBE_OFFLINE,
        PROBE_ISOLATED,  /* in isolcpus= or nohz_full=, and not asked for */
        PROBE_FORBIDDEN, /* not in the cpuset of this process */
        PROBE_NO_ANSWER, /* too busy to finish one exchange, or gone offline meanwhile */
        PROBE_FATE_MAX_,
} ProbeFate;

typedef struct ProbeCpu {
        unsigned id;
        int package, die; /* -1 unknown */
        size_t leader;    /* index of the CPU that this one is measured against */
        ProbeFate fate;
        Track track;    /* against the reference */
        Interval round; /* the last one, if has_round */
        bool has_round;
} ProbeCpu;

typedef struct ProbeResult {
        ProbeCpu *cpus; /* owned; sorted by id */
        size_t n, reference;
        unsigned n_online;
        unsigned n_rounds;
        uint64_t tsc_khz;
} ProbeResult;

void probe_result_done(ProbeResult *result);
#define _cleanup_probe_result_ _cleanup_(probe_result_done)

/* Converts ticks to nanoseconds, rounded away from zero, so that a bound never becomes narrower. */
int64_t probe_nsec(const ProbeResult *result, int64_t ticks);
/* The largest possible offset between any two measured CPUs, in ns. */
int64_t probe_bound_nsec(const ProbeResult *result);
size_t probe_count(const ProbeResult *result, ProbeFate fate);
/* The measured CPUs that are convicted. 0 or -ENOMEM. */
int probe_convicted(const ProbeResult *result, CpuSet *ret);
