/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A warden without daemon around it: policy, originals and the fake host, to apply and restore from tests.
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
        Plan plan; /* the last one, with what its run found */
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
/* Plan, originals, run: as the manager does it. */
void warden_apply(Warden *warden);
void warden_restore(Warden *warden);
/* After an apply: what it reached stays when the rest is restored. */
void warden_leave(Warden *warden);
const Finding *warden_finding(const Warden *warden, FindingKind kind);
