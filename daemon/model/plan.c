/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/plan.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/parse.h"
#include "model/plan-energy.h"
#include "model/plan-frequency.h"
#include "model/plan-idle.h"
#include "model/plan-kit.h"

void plan_done(Plan *plan)
{
        free(plan->steps);
        free(plan->wanted);
        findings_done(&plan->findings);
        snapshot_part_done(&plan->part);
        *plan = (Plan) {};
}

bool plan_covers(const Plan *plan, const KnobId *id)
{
        return snapshot_part_is_empty(&plan->part) || snapshot_part_has(&plan->part, id);
}

static const Wanted *find_wanted(const Plan *plan, const KnobId *id)
{
        if (plan->n_wanted == 0)
                return NULL;
        return bsearch(id, plan->wanted, plan->n_wanted, sizeof(Wanted), knob_element_compare);
}

bool plan_wants(const Plan *plan, const KnobId *id)
{
        return find_wanted(plan, id);
}

/* CPUs that a rule names but the host does not have. */
static int plan_add_absent_cpus(PlanBuilder *b)
{
        for (unsigned i = 0; i < b->input->policy->n_rules; i++) {
                const PolicyRule *rule = &b->input->policy->rules[i];
                _cleanup_cpuset_ CpuSet absent = {};
                int r = 0;

                for (int cpu = cpuset_next(&rule->cpus, 0); cpu >= 0 && r == 0; cpu = cpuset_next(&rule->cpus, cpu + 1))
                        if (!snapshot_find_cpu(b->input->snapshot, cpu))
                                r = cpuset_add(&absent, cpu);
                if (r == 0 && !cpuset_is_empty(&absent))
                        r = plan_add_finding(b, &(Finding) { .kind = FINDING_CPU_NOT_HERE }, NULL, &absent);
                if (r < 0)
                        return r;
        }
        return 0;
}

static int plan_add_offline_cpus(PlanBuilder *b)
{
        const Snapshot *snapshot = b->input->snapshot;
        _cleanup_cpuset_ CpuSet offline = {};

        for (unsigned i = 0; i < snapshot->n_cpus; i++)
                if (!snapshot->cpus[i].online && cpuset_add(&offline, snapshot->cpus[i].id) < 0)
                        return -ENOMEM;
        return cpuset_is_empty(&offline) ? 0 :
                                           plan_add_finding(b, &(Finding) { .kind = FINDING_OFFLINE }, NULL, &offline);
}

static bool policy_wants_cpufreq(const Policy *policy)
{
        return policy_speaks_of(policy, POLICY_GOVERNOR) || policy_speaks_of(policy, POLICY_MIN_FREQ) ||
               policy_speaks_of(policy, POLICY_MAX_FREQ) || policy_speaks_of(policy, POLICY_EPP);
}

static int plan_add_domains(PlanBuilder *b, int (*add_domain)(PlanBuilder *b, const FreqDomain *domain))
{
        const SnapshotPart *part = b->input->part;
        const Snapshot *snapshot = b->input->snapshot;
        int r = 0;

        for (unsigned i = 0; i < snapshot->n_domains && r == 0; i++)
                if (!part || cpuset_has(&part->domains, snapshot->domains[i].id))
                        r = add_domain(b, &snapshot->domains[i]);
        return r;
}

static int plan_add_cpus(PlanBuilder *b, int (*add_cpu)(PlanBuilder *b, const CpuState *cpu))
{
        const SnapshotPart *part = b->input->part;
        const Snapshot *snapshot = b->input->snapshot;
        int r = 0;

        for (unsigned i = 0; i < snapshot->n_cpus && r == 0; i++)
                if (!part || cpuset_has(&part->cpus, snapshot->cpus[i].id))
                        r = add_cpu(b, &snapshot->cpus[i]);
        return r;
}

static int plan_fill(PlanBuilder *b)
{
        const Snapshot *snapshot = b->input->snapshot;
        int r;

        r = plan_add_domains(b, plan_add_frequency);
        if (r < 0)
                return r;
        r = plan_add_domains(b, plan_add_preference);
        if (r < 0)
                return r;
        r = plan_add_cpus(b, plan_add_perf_bias);
        if (r < 0)
                return r;
        r = plan_add_cpus(b, plan_add_idle);
        if (r < 0 || (!b->input->halves.frequency && !b->input->halves.idle))
                return r;

        r = plan_add_absent_cpus(b);
        if (r < 0)
                return r;
        r = plan_add_offline_cpus(b);
        if (r < 0 || !b->input->halves.frequency || snapshot->n_domains > 0 || !policy_wants_cpufreq(b->input->policy))
                return r;
        return plan_add_finding(b, &(Finding) { .kind = FINDING_NO_CPUFREQ }, NULL, &(CpuSet) {});
}

/* All are added in order, except energy preferences. */
static void sort_wanted(Plan *plan)
{
        for (size_t i = 1; i < plan->n_wanted; i++)
                if (knob_element_compare(&plan->wanted[i - 1], &plan->wanted[i]) > 0) {
                        qsort(plan->wanted, plan->n_wanted, sizeof(Wanted), knob_element_compare);
                        return;
                }
}

int plan_build(const PlanInput *input, Plan *ret)
{
        PlanBuilder b = { .input = input };
        int r = input->part ? snapshot_part_copy(&b.plan.part, input->part) : 0;

        if (r == 0)
                r = plan_fill(&b);
        if (r < 0) {
                plan_done(&b.plan);
                return r;
        }
        sort_wanted(&b.plan);
        *ret = b.plan;
        return 0;
}

/* Saves scaling_setspeed only if the original governor is userspace: any of our writes may change or lose that
 * speed. */
static int collect_setspeed(const Snapshot *snapshot, unsigned policy, Originals *originals)
{
        KnobId governor = { .knob = KNOB_SCALING_GOVERNOR, .id = policy };
        KnobId speed = { .knob = KNOB_SCALING_SETSPEED, .id = policy };
        const char *original = originals_get(originals, &governor);
        char now[KNOB_VALUE_SIZE], value[KNOB_VALUE_SIZE];

        if (snapshot_get(snapshot, &governor, now) < 0 || snapshot_get(snapshot, &speed, value) < 0 ||
            strcasecmp(original ? original : now, "userspace") != 0 || strcmp(value, "0") == 0)
                return 0;
        return originals_add(originals, &speed, value);
}

int plan_collect_originals(const Plan *plan, const Snapshot *snapshot, Originals *originals)
{
        bool added = false;

        for (size_t i = 0; i < plan->n_steps; i++) {
                const Step *step = &plan->steps[i];
                int r;

                if (step->withheld || step->reason == STEP_RESTORE)
                        continue;
                r = knob_is_frequency(step->id.knob) ? collect_setspeed(snapshot, step->id.id, originals) : 0;
                added = added || r > 0;
                /* While the policy's own governor userspace is in force, the speed is ours and no original. */
                if (r >= 0 && step->id.knob != KNOB_SCALING_SETSPEED)
                        r = originals_add(originals, &step->id, step->from);
                added = added || r > 0;
                /* -EINVAL: the value has a form that the daemon would not write back. */
                if (r == -ENOMEM)
                        return r;
        }
        /* They are kept as long as the policy sets them. */
        originals_trim(originals);
        return added;
}

/* Originals and wanted knobs are both sorted, so they are compared in one pass. */
bool originals_drop_returned(Originals *originals, const Plan *plan, const Snapshot *snapshot, bool give_up)
{
        const SnapshotPart *part = snapshot_part_is_empty(&plan->part) ? NULL : &plan->part;
        size_t n = originals->n, n_wanted = plan->n_wanted, at = 0;

        originals->n = 0;
        for (size_t i = 0; i < n; i++) {
                const Original original = originals->entries[i];
                char now[KNOB_VALUE_SIZE];
                bool settled = false;

                if (part && !snapshot_part_has(part, &original.id)) {
                        originals->entries[originals->n++] = original;
                        continue;
                }
                while (at < n_wanted && knob_element_compare(&plan->wanted[at], &original) < 0)
                        at++;
                if (at == n_wanted || knob_element_compare(&plan->wanted[at], &original) != 0) {
                        int r = snapshot_get(snapshot, &original.id, now);

                        settled = (r == 0 && strcasecmp(now, original.value) == 0) || (r == -ENOENT && give_up);
                }
                if (!settled)
                        originals->entries[originals->n++] = original;
        }
        return originals->n < n;
}

static bool stands_as_wanted(const Plan *plan, const Snapshot *snapshot, const KnobId *id)
{
        const Wanted *wanted = find_wanted(plan, id);
        char now[KNOB_VALUE_SIZE];

        return wanted && *wanted->value && snapshot_get(snapshot, id, now) == 0 && strcasecmp(now, wanted->value) == 0;
}

bool originals_drop_reached(Originals *originals, const Plan *plan, const Snapshot *snapshot)
{
        size_t n = originals->n;

        originals->n = 0;
        for (size_t i = 0; i < n; i++) {
                const Original original = originals->entries[i];
                const KnobId governor = { .knob = KNOB_SCALING_GOVERNOR, .id = original.id.id };
                /* The speed belonged to the old governor. */
                bool reached = original.id.knob == KNOB_SCALING_SETSPEED && stands_as_wanted(plan, snapshot, &governor);

                if (!reached && !stands_as_wanted(plan, snapshot, &original.id))
                        originals->entries[originals->n++] = original;
        }
        return originals->n < n;
}

char *step_reason_format(const Step *step, const Snapshot *snapshot)
{
        const IdleState *state;

        switch (step->reason) {
        case STEP_FREEZE:
                return strdup("the frequency is held, because a change costs the TSC");
        case STEP_RESTORE:
                return strdup("the original value");
        case STEP_POLICY:
                if (step->key == POLICY_MAX_CSTATE) {
                        state = snapshot_find_state(snapshot, step->id.id, step->id.state);
                        return text_format("%s, latency %" PRIu64 " us, is %s", state ? state->name : "?",
                                           state ? state->latency_usec : 0,
                                           step->to[0] == '1' ? "too deep" : "allowed");
                }
                if (step->rule->file)
                        return text_format("%s:%u", step->rule->file, step->rule->lines[step->key]);
                return strdup("built-in default");
        }
        return NULL;
}
