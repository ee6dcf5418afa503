/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Carries a plan out: writes, reads back, waits for a limit that has its effect late, and asks again before each write whether it
 * would cost the TSC, since what was planned and what the kernel did may differ.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "host/cpu.h"
#include "model/finding.h"
#include "model/plan-types.h"
#include "model/plan.h"
#include "model/snapshot.h"

typedef struct Run {
        const CpuOps *ops;
        void *userdata;
        const Plan *plan; /* not owned; outlives the Run */
        Snapshot *live;   /* not owned; follows what is read back */
        bool fragile_tsc;

        size_t next;     /* step */
        unsigned choice; /* governor tried now, as an index into the rule's list */
        bool waiting;    /* the step was written and did not read back yet */
        uint64_t deadline_usec;
        uint64_t wait_usec; /* how long a limit may take to have effect; shrinks once one used all of it */

        Findings findings; /* what went wrong on the way, besides the plan's own */
        unsigned n_done;
        unsigned n_failed; /* steps that did not reach their value, withheld ones included */
} Run;

typedef enum RunState {
        RUN_DONE,
        RUN_MORE, /* max_steps used up: call again */
        RUN_WAIT, /* a limit has no effect yet: call again in RUN_RECHECK_USEC */
} RunState;

/* A limit was seen to have its effect after up to 8.7 ms on acpi-cpufreq; the step gives up after a second. */
#define RUN_RECHECK_USEC 2000
#define RUN_WAIT_USEC 1000000
#define RUN_WAIT_AGAIN_USEC 20000

void run_init(Run *run, const CpuOps *ops, void *userdata, const Plan *plan, Snapshot *live, bool fragile_tsc);
void run_done(Run *run);

/* Carries out at most max_steps steps. now_usec is CLOCK_MONOTONIC. 0 and *ret_state, or -ENOMEM. A step that fails is a finding,
 * not an error. */
int run_advance(Run *run, uint64_t now_usec, unsigned max_steps, RunState *ret_state);

/* The whole plan at once, sleeping where it has to: for the command line. 0 or -ENOMEM. */
int run_to_end(Run *run);

/* A CPU went offline, or a driver went, while the host was read or written (EBUSY: drivers/cpufreq/cpufreq.c store). */
bool run_lost_object(const Run *run);
