/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "show/dry-run.h"

#include <errno.h>

#include "host/cpu.h"
#include "host/facts.h"
#include "host/vms.h"
#include "model/need.h"
#include "model/originals.h"
#include "model/outcome.h"
#include "model/plan-types.h"
#include "show/print.h"
#include "show/show.h"

void dry_run_done(DryRun *dry)
{
        plan_done(&dry->plan);
        snapshot_done(&dry->snapshot);
        facts_done(&dry->facts);
}

int dry_run_make(const Config *config, DryRun *ret)
{
        Originals none = {};
        int r = facts_read(&ret->facts);

        if (r < 0)
                return r;
        r = cpu_ops.enumerate(NULL, &ret->snapshot);
        if (r < 0)
                return r;
        cpu_read_energy(&cpu_ops, NULL, &config->policy, &none, &ret->snapshot);
        ret->no_guests = config->apply_when == APPLY_WHEN_GUESTS && vms_probe() == 0;
        if (!ret->no_guests)
                ret->halves = need_under_mode(&ret->facts, config->apply, config->filled);
        PlanInput input = {
                .snapshot = &ret->snapshot,
                .policy = &config->policy,
                .originals = &none,
                .halves = ret->halves,
                .fragile_tsc = facts_tsc_is_fragile(&ret->facts),
        };
        ret->config = config;
        r = plan_build(&input, &ret->plan);
        for (size_t i = 0; i < ret->plan.n_steps && r == 0; i++)
                if (!ret->plan.steps[i].withheld)
                        (void)snapshot_set(&ret->snapshot, &ret->plan.steps[i].id, ret->plan.steps[i].to);
        return r;
}

/* Prints the sentences that the daemon's StateReason would have after these steps. */
static int show_effects(FILE *out, const DryRun *dry)
{
        const OutcomeInput input = {
                .facts = &dry->facts,
                .never = dry->config->apply == APPLY_NEVER,
                .unused = config_find_unused(dry->config, &dry->facts),
                .halves = dry->halves,
                .snapshot = &dry->snapshot,
                .policy = &dry->config->policy,
                .findings = &dry->plan.findings,
        };
        _cleanup_free_ char *effects = outcome_format_effects(&input);

        if (!effects)
                return -ENOMEM;
        if (*effects)
                print_wrapped(out, "Note", 7, effects + 1);
        return 0;
}

int dry_run_show(FILE *out, const DryRun *dry)
{
        if (show_facts(out, &dry->facts) < 0 || show_plan(out, "Plan", &dry->plan, &dry->snapshot) < 0 ||
            show_findings(out, &dry->plan.findings) < 0 || show_effects(out, dry) < 0)
                return -ENOMEM;
        if (dry->no_guests)
                print_wrapped(out, "Note", 7,
                              "APPLY_WHEN=guests, and no virtual machine runs: nothing is applied until one does.");
        return 0;
}
