/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Policy, originals and a fake host without a daemon: tests apply and restore with them.
 */
#pragma once

#include "fake-host.h"
#include "model/plan.h"
#include "manager/run.h"

typedef struct Warden {
        FakeHost *host;
        Policy policy;
        Originals originals;
        bool frequency, idle;
        Plan plan; /* the last plan, with the findings of its run */
        Findings findings;
        unsigned n_failed;
} Warden;

void warden_init(Warden *warden, FakeHost *host);
void warden_done(Warden *warden);

/* Appends a rule: governors "a|b" or NULL, limits 0 for none, cstate NULL for none. cpus NULL: all. */
PolicyRule *warden_rule(Warden *warden, const char *cpus, const char *governors, uint64_t min_khz, uint64_t max_khz,
                        const char *cstate);
/* Appends the rules of cpupower options. */
void warden_options(Warden *warden, const char *options);
void warden_plan(Warden *warden, bool apply);
/* Plans, saves the originals and runs the plan, in the order of the manager. */
void warden_apply(Warden *warden);
void warden_restore(Warden *warden);
/* After an apply: drops the originals of knobs that have their wanted value, as when the policy stays in force. */
void warden_leave(Warden *warden);
const Finding *warden_finding(const Warden *warden, FindingKind kind);
