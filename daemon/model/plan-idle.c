/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/plan-idle.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

/* "C1" also means "C1_ACPI": intel_idle uses that name for a state that it takes from the firmware's _CST
 * (drivers/idle/intel_idle.c). */
static const IdleState *find_by_name(const CpuState *cpu, const char *name)
{
        const IdleState *acpi = NULL;
        size_t length = strlen(name);

        for (const IdleState *state = cpu->states; state < cpu->states + cpu->n_states; state++) {
                if (strcasecmp(state->name, name) == 0)
                        return state;
                if (!acpi && strncasecmp(state->name, name, length) == 0 && strcmp(state->name + length, "_ACPI") == 0)
                        acpi = state;
        }
        return acpi;
}

/* States that MAX_CSTATE may name: all except POLL. */
static char *state_names(const CpuState *cpu)
{
        char *names = malloc(cpu->n_states * (SNAPSHOT_NAME_SIZE + 1) + 1), *end = names;

        if (!names)
                return NULL;
        *names = '\0';
        for (unsigned i = 0; i < cpu->n_states; i++)
                if (!idle_state_is_poll(&cpu->states[i]))
                        end += sprintf(end, " %s", cpu->states[i].name);
        return names;
}

/* `state` NULL: the finding is about the whole CPU. */
static int add_finding_about(PlanBuilder *b, const Finding *finding, const CpuState *cpu, const IdleState *state)
{
        KnobId id = { .knob = KNOB_DISABLE, .id = cpu->id, .state = state ? state->index : 0 };
        _cleanup_cpuset_ CpuSet alone = {};

        if (cpuset_add(&alone, cpu->id) < 0)
                return -ENOMEM;
        return plan_add_finding(b, finding, state ? &id : NULL, &alone);
}

/* The deepest state that stays allowed. A greater exit latency is deeper; firmware sometimes gives C1 and C2 the same
 * latency, and then the kernel's order decides. */
typedef struct IdleDepth {
        uint64_t latency_usec;
        unsigned index;
} IdleDepth;

static IdleDepth idle_depth(const IdleState *state)
{
        return (IdleDepth) { state->latency_usec, state->index };
}

static bool idle_is_deeper(const IdleState *state, const IdleDepth *limit)
{
        return !idle_state_is_poll(state) &&
               (state->latency_usec > limit->latency_usec ||
                (state->latency_usec == limit->latency_usec && state->index > limit->index));
}

/* MAX_CSTATE names a state that this CPU does not have. It certainly means a limit, so only the shallowest state stays
 * allowed. 0 or -ENOMEM. */
static int idle_limit_fall_back(PlanBuilder *b, const CpuState *cpu, const char *name, const IdleState *shallowest,
                                IdleDepth *ret)
{
        Finding finding = finding_make(FINDING_NO_SUCH_CSTATE, KNOB_DISABLE, name, shallowest->name, NULL);
        _cleanup_free_ char *names = state_names(cpu);

        if (!names)
                return -ENOMEM;
        finding.offers = names;
        /* The latency that has the same effect as this name on every CPU with this table. */
        if (shallowest->latency_usec > 0 && shallowest->latency_usec != UINT64_MAX)
                snprintf(finding.driver, sizeof(finding.driver), "%" PRIu64 "us", shallowest->latency_usec);
        *ret = idle_depth(shallowest);
        return add_finding_about(b, &finding, cpu, NULL);
}

/* 0 or -ENOMEM. */
static int idle_limit_resolve(PlanBuilder *b, const CpuState *cpu, const PolicyRule *rule, const IdleState *shallowest,
                              IdleDepth *ret)
{
        const IdleState *named;
        char wanted[KNOB_VALUE_SIZE];
        Finding finding;

        switch (rule->idle.kind) {
        case IDLE_LIMIT_NAME:
                named = find_by_name(cpu, rule->idle.name);
                if (!named)
                        return idle_limit_fall_back(b, cpu, rule->idle.name, shallowest, ret);
                *ret = idle_depth(named);
                return 0;
        case IDLE_LIMIT_LATENCY:
                *ret = (IdleDepth) { rule->idle.latency_usec, UINT_MAX };
                if (rule->idle.latency_usec >= shallowest->latency_usec)
                        return 0;
                snprintf(wanted, sizeof(wanted), "%" PRIu64 "us", rule->idle.latency_usec);
                finding = finding_make(FINDING_CLAMPED, KNOB_DISABLE, wanted, shallowest->name, NULL);
                *ret = idle_depth(shallowest);
                return add_finding_about(b, &finding, cpu, NULL);
        default:
                *ret = idle_depth(shallowest);
                return 0;
        }
}

/* What happens to one state. */
typedef struct IdleWish {
        bool from_rule; /* otherwise it keeps its original value, or gets it back */
        bool disable;
        const PolicyRule *rule;
        PolicyKey key;
} IdleWish;

static int idle_step(PlanBuilder *b, const CpuState *cpu, const IdleState *state, const IdleWish *wish)
{
        Step step = {
                .id = { .knob = KNOB_DISABLE, .id = cpu->id, .state = state->index },
                .rule = wish->rule,
                .key = wish->key,
                .reason = wish->rule ? STEP_POLICY : STEP_RESTORE,
                .effect = wish->disable ? EFFECT_LIMITS_IDLE : EFFECT_NONE,
        };

        if (state->disabled == wish->disable)
                return 0;
        strcpy(step.from, state->disabled ? "1" : "0");
        strcpy(step.to, wish->disable ? "1" : "0");
        return plan_add_step(b, &step);
}

static const char *idle_original(PlanBuilder *b, const CpuState *cpu, const IdleState *state)
{
        return plan_get_original(b, &(KnobId) { .knob = KNOB_DISABLE, .id = cpu->id, .state = state->index });
}

static int idle_restore_state(PlanBuilder *b, const CpuState *cpu, const IdleState *state)
{
        const char *original = idle_original(b, cpu, state);
        const IdleWish wish = { .disable = original && original[0] == '1', .key = POLICY_KEY_INVALID_ };

        return !original || state->error ? 0 : idle_step(b, cpu, state, &wish);
}

static int idle_restore(PlanBuilder *b, const CpuState *cpu)
{
        int r = 0;

        for (unsigned i = 0; i < cpu->n_states && r == 0; i++)
                r = idle_restore_state(b, cpu, &cpu->states[i]);
        return r;
}

static int idle_apply_state(PlanBuilder *b, const CpuState *cpu, const IdleState *state, const IdleWish *wish)
{
        const KnobId id = { .knob = KNOB_DISABLE, .id = cpu->id, .state = state->index };
        Finding finding = { .kind = FINDING_FAILED, .knob = KNOB_DISABLE, .error = state->error };

        if (!wish->from_rule)
                return idle_restore_state(b, cpu, state);
        if (plan_add_wanted(b, &id, wish->disable ? "1" : "0") < 0)
                return -ENOMEM;
        /* The directory comes and goes with the CPU (drivers/cpuidle/sysfs.c); a uevent follows. */
        if (state->error == -ENODEV || state->error == -ENOENT)
                return 0;
        return state->error ? add_finding_about(b, &finding, cpu, state) : idle_step(b, cpu, state, wish);
}

/* With POLL alone a CPU never halts. So if no other state would stay enabled, the shallowest state that halts is
 * enabled, whoever disabled it. Returns 1 if that was necessary, else 0. */
static int idle_leave_some(PlanBuilder *b, const CpuState *cpu, const IdleState *shallowest, IdleWish *wishes,
                           const IdleWish *because)
{
        for (unsigned i = 0; i < cpu->n_states; i++) {
                const IdleState *state = &cpu->states[i];
                const char *original = idle_original(b, cpu, state);
                bool disabled = state->disabled;

                if (wishes[i].from_rule)
                        disabled = wishes[i].disable;
                else if (original)
                        disabled = original[0] == '1';
                if (!idle_state_is_poll(state) && !disabled)
                        return 0;
        }
        wishes[shallowest - cpu->states] = *because;
        return 1;
}

static int idle_wish_limit(PlanBuilder *b, const CpuState *cpu, const PolicyRule *rule, const IdleState *shallowest,
                           IdleWish *wishes)
{
        IdleDepth limit = {};
        IdleWish wish = { .from_rule = true, .disable = true, .rule = rule, .key = POLICY_MAX_CSTATE };
        int r = idle_limit_resolve(b, cpu, rule, shallowest, &limit);

        if (r < 0)
                return r;
        for (unsigned i = 0; i < cpu->n_states; i++)
                if (idle_is_deeper(&cpu->states[i], &limit))
                        wishes[i] = wish;
        wish.disable = false;
        (void)idle_leave_some(b, cpu, shallowest, wishes, &wish);
        return 0;
}

static int idle_wish_op(PlanBuilder *b, const CpuState *cpu, const PolicyRule *rule, IdleWish *wishes)
{
        const IdleOp *op = &rule->idle_op;
        IdleWish wish = { .from_rule = true, .rule = rule, .key = POLICY_IDLE_SET };
        Finding finding = { .kind = FINDING_NO_SUCH_STATE, .knob = KNOB_DISABLE };
        _cleanup_free_ char *names = NULL;
        bool found = false;

        for (unsigned i = 0; i < cpu->n_states; i++) {
                const IdleState *state = &cpu->states[i];
                bool by_index = op->kind == IDLE_OP_DISABLE || op->kind == IDLE_OP_ENABLE;

                if (by_index && state->index != op->number)
                        continue;
                found = true;
                wish.disable = op->kind == IDLE_OP_DISABLE ||
                               (op->kind == IDLE_OP_DISABLE_BY_LATENCY && state->latency_usec >= op->number);
                /* `-D 0` is not meant to disable POLL, whose latency is 0. */
                if (op->kind == IDLE_OP_DISABLE_BY_LATENCY && idle_state_is_poll(state))
                        wish.disable = false;
                wishes[i] = wish;
        }
        if (found)
                return 0;
        names = state_names(cpu);
        if (!names)
                return -ENOMEM;
        finding.offers = names;
        snprintf(finding.wanted, sizeof(finding.wanted), "%" PRIu64, op->number);
        return add_finding_about(b, &finding, cpu, NULL);
}

static int idle_wish_ops(PlanBuilder *b, const CpuState *cpu, const IdleState *shallowest, IdleWish *wishes)
{
        const Policy *policy = b->input->policy;
        IdleWish wish = { .from_rule = true, .key = POLICY_IDLE_SET };
        const Finding finding = finding_make(FINDING_CLAMPED, KNOB_DISABLE, NULL, shallowest->name, NULL);
        int r = 0;

        for (unsigned i = 0; i < policy->n_rules && r == 0; i++)
                if (policy->rules[i].has[POLICY_IDLE_SET] && policy_rule_covers(&policy->rules[i], cpu->id)) {
                        wish.rule = &policy->rules[i];
                        r = idle_wish_op(b, cpu, wish.rule, wishes);
                }
        if (r < 0 || !idle_leave_some(b, cpu, shallowest, wishes, &wish))
                return r;
        return add_finding_about(b, &finding, cpu, NULL);
}

static int idle_apply(PlanBuilder *b, const CpuState *cpu, const CpuPolicy *policy)
{
        const IdleState *shallowest = cpu_shallowest_state(cpu);
        _cleanup_free_ IdleWish *wishes = NULL;
        int r;

        /* There is only POLL, so there is nothing to limit. */
        if (!shallowest)
                return 0;
        wishes = calloc(cpu->n_states, sizeof(IdleWish));
        if (!wishes)
                return -ENOMEM;
        if (policy->by[POLICY_IDLE_SET])
                r = idle_wish_ops(b, cpu, shallowest, wishes);
        else
                r = idle_wish_limit(b, cpu, policy->by[POLICY_MAX_CSTATE], shallowest, wishes);
        for (unsigned i = 0; i < cpu->n_states && r == 0; i++)
                r = idle_apply_state(b, cpu, &cpu->states[i], &wishes[i]);
        return r;
}

int plan_add_idle(PlanBuilder *b, const CpuState *cpu)
{
        const char *governor = b->input->snapshot->idle_governor;
        Finding finding;
        CpuPolicy policy = {};
        size_t wanted = b->plan.n_wanted;
        int r;

        if (b->input->halves.idle)
                policy_for_cpu(b->input->policy, cpu->id, &policy);
        if (!policy.by[POLICY_MAX_CSTATE] && !policy.by[POLICY_IDLE_SET])
                return idle_restore(b, cpu);
        if (!cpu->online)
                return 0;
        if (cpu->n_states == 0)
                return add_finding_about(b, &(Finding) { .kind = FINDING_NO_CPUIDLE, .knob = KNOB_DISABLE }, cpu, NULL);

        r = idle_apply(b, cpu, &policy);
        /* drivers/cpuidle/governors/haltpoll.c chooses between POLL and one other state and ignores `disable`. */
        if (r == 0 && b->plan.n_wanted > wanted && strcmp(governor, "haltpoll") == 0) {
                finding = finding_make(FINDING_IDLE_GOVERNOR, KNOB_DISABLE, NULL, governor, NULL);
                r = add_finding_about(b, &finding, cpu, NULL);
        }
        return r;
}
