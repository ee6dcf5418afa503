/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Carries out a plan: writes, reads back, and waits for limits that take effect late. Before each write it checks
 * again whether the write would cost the TSC, because the kernel may not have done what was planned.
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
        Snapshot *live;   /* not owned; gets the values that are read back */
        bool fragile_tsc;

        size_t next;     /* index of the next step */
        unsigned choice; /* index into the rule's list of the governor that is tried now */
        bool waiting;    /* the step was written, but the read-back has not shown its value yet */
        uint64_t deadline_usec;
        uint64_t
                /* how long a limit may take to have effect; becomes shorter after a step has used all of it */
                wait_usec;

        Findings findings; /* what failed while the plan ran, in addition to the plan's own findings */
        unsigned n_done;
        unsigned n_failed; /* steps that did not reach their value, including those that were left out */
} Run;

typedef enum RunState {
        RUN_DONE,
        RUN_MORE, /* max_steps are done: call again */
        RUN_WAIT, /* a limit has no effect yet: call again after RUN_RECHECK_USEC */
} RunState;

/* On acpi-cpufreq a limit took up to 8.7 ms until it had an effect (measured). A step fails after a second. */
#define RUN_RECHECK_USEC 2000
#define RUN_WAIT_USEC 1000000
#define RUN_WAIT_AGAIN_USEC 20000

void run_init(Run *run, const CpuOps *ops, void *userdata, const Plan *plan, Snapshot *live, bool fragile_tsc);
void run_done(Run *run);

/* Carries out at most max_steps steps. now_usec is CLOCK_MONOTONIC. 0 and *ret_state, or -ENOMEM. A step that fails is
 * a finding, not an error. */
int run_advance(Run *run, uint64_t now_usec, unsigned max_steps, RunState *ret_state);

/* Carries out the whole plan and sleeps where it has to wait; for the command line. 0 or -ENOMEM. */
int run_to_end(Run *run);

/* A CPU went offline, or a driver was removed, while the host was read or written (EBUSY: drivers/cpufreq/cpufreq.c
 * store). */
bool run_lost_object(const Run *run);
