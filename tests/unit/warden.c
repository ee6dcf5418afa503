/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "warden.h"

#include <assert.h>
#include <string.h>

#include "model/cpupower-options.h"

void warden_init(Warden *w, FakeHost *host)
{
        *w = (Warden) { .host = host, .frequency = true, .idle = true };
}

static void warden_forget_plan(Warden *w)
{
        plan_done(&w->plan);
        findings_done(&w->findings);
}

void warden_done(Warden *w)
{
        warden_forget_plan(w);
        policy_done(&w->policy);
        originals_done(&w->originals);
}

PolicyRule *warden_rule(Warden *w, const char *cpus, const char *governors, uint64_t min_khz, uint64_t max_khz,
                        const char *cstate)
{
        PolicyRule *rule = policy_add_rule(&w->policy);
        char *list, *saved = NULL;
        unsigned n = 0;

        assert(rule);
        rule->all_cpus = !cpus;
        if (cpus)
                assert(cpuset_parse(cpus, &rule->cpus) == 0);
        rule->file = strdup("test.conf");
        rule->has[POLICY_GOVERNOR] = governors != NULL;
        rule->has[POLICY_MIN_FREQ] = min_khz > 0;
        rule->has[POLICY_MAX_FREQ] = max_khz > 0;
        rule->has[POLICY_MAX_CSTATE] = cstate != NULL;
        rule->min_khz = min_khz;
        rule->max_khz = max_khz;
        if (governors) {
                rule->governors = calloc(strlen(governors) + 2, sizeof(char *));
                list = strdup(governors);
                for (char *word = strtok_r(list, "|", &saved); word; word = strtok_r(NULL, "|", &saved))
                        rule->governors[n++] = strdup(word);
                free(list);
        }
        if (cstate && strcmp(cstate, "shallowest") != 0) {
                bool latency = cstate[0] >= '0' && cstate[0] <= '9';

                rule->idle.kind = latency ? IDLE_LIMIT_LATENCY : IDLE_LIMIT_NAME;
                rule->idle.latency_usec = latency ? strtoull(cstate, NULL, 10) : 0;
                rule->idle.name = latency ? NULL : strdup(cstate);
        }
        return rule;
}

void warden_options(Warden *w, const char *options)
{
        CpupowerWhy why;

        assert(cpupower_options_parse(options, "test.conf", 1, &w->policy, why) == 0);
}

static void warden_make_plan(Warden *w, const Snapshot *snapshot, bool apply)
{
        PlanInput input = {
                .snapshot = snapshot,
                .policy = &w->policy,
                .originals = &w->originals,
                .halves = { .frequency = apply && w->frequency, .idle = apply && w->idle },
                .fragile_tsc = w->host->tsc_lives && !w->host->constant_tsc,
        };

        warden_forget_plan(w);
        assert(plan_build(&input, &w->plan) == 0);
}

void warden_plan(Warden *w, bool apply)
{
        Snapshot snapshot = {};

        assert(fake_host_ops.enumerate(w->host, &snapshot) == 0);
        cpu_read_energy(&fake_host_ops, w->host, &w->policy, &w->originals, &snapshot);
        warden_make_plan(w, &snapshot, apply);
        snapshot_done(&snapshot);
}

static void warden_run(Warden *w, bool apply)
{
        Snapshot snapshot = {};
        Run run;

        assert(fake_host_ops.enumerate(w->host, &snapshot) == 0);
        cpu_read_energy(&fake_host_ops, w->host, &w->policy, &w->originals, &snapshot);
        warden_make_plan(w, &snapshot, apply);
        assert(plan_collect_originals(&w->plan, &snapshot, &w->originals) >= 0);
        run_init(&run, &fake_host_ops, w->host, &w->plan, &snapshot, w->host->tsc_lives && !w->host->constant_tsc);
        assert(run_to_end(&run) == 0);
        (void)originals_drop_returned(&w->originals, &w->plan, &snapshot, !apply);
        w->n_failed = run.n_failed;
        w->findings = run.findings;
        run.findings = (Findings) {};
        run_done(&run);
        snapshot_done(&snapshot);
}

void warden_apply(Warden *w)
{
        warden_run(w, true);
}

void warden_restore(Warden *w)
{
        warden_run(w, false);
}

void warden_leave(Warden *w)
{
        Snapshot snapshot = {};

        assert(fake_host_ops.enumerate(w->host, &snapshot) == 0);
        cpu_read_energy(&fake_host_ops, w->host, &w->policy, &w->originals, &snapshot);
        (void)originals_drop_reached(&w->originals, &w->plan, &snapshot);
        snapshot_done(&snapshot);
}

const Finding *warden_finding(const Warden *w, FindingKind kind)
{
        for (unsigned i = 0; i < w->findings.n; i++)
                if (w->findings.entries[i].kind == kind)
                        return &w->findings.entries[i];
        for (unsigned i = 0; i < w->plan.findings.n; i++)
                if (w->plan.findings.entries[i].kind == kind)
                        return &w->plan.findings.entries[i];
        return NULL;
}
