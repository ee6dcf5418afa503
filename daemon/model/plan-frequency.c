/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/parse.h"
#include "model/frequency.h"
#include "model/plan-builder.h"

/* What one cpufreq policy is to have. A NULL rule: nobody wants anything of this key. */
typedef struct FreqWish {
        const PolicyRule *by[POLICY_KEY_MAX_];
        const char *governor; /* NULL: none, or none that the driver offers */
        unsigned governor_choice;
        uint64_t min_khz, max_khz;
} FreqWish;

/* Drivers with ->setpolicy: their list of governors is complete, nothing can be loaded into it. */
static bool freq_policy_offers_all(const FreqPolicy *policy)
{
        return strcmp(policy->driver, "intel_pstate") == 0 || strcmp(policy->driver, "amd-pstate-epp") == 0 ||
               strcmp(policy->driver, "amd_pstate_epp") == 0;
}

static bool list_has(const char *list, const char *word)
{
        for (; *list; list += strcspn(list, " "), list += strspn(list, " ")) {
                size_t length = strcspn(list, " ");

                if (length == strlen(word) && strncasecmp(list, word, length) == 0)
                        return true;
        }
        return false;
}

static Knob knob_of_key(PolicyKey key)
{
        return key == POLICY_GOVERNOR ? KNOB_SCALING_GOVERNOR : key == POLICY_MIN_FREQ ? KNOB_SCALING_MIN_FREQ :
               KNOB_SCALING_MAX_FREQ;
}

/* One cpufreq policy takes one value. CPUs that disagree get what a loop over them would leave: the last one's. */
static int freq_wish_resolve_key(PlanBuilder *b, const FreqPolicy *policy, PolicyKey key, FreqWish *wish)
{
        KnobId id = { .knob = knob_of_key(key), .id = policy->id };
        _cleanup_free_ char *value = NULL;
        bool differ = false;

        for (int cpu = cpuset_next(&policy->cpus, 0); cpu >= 0; cpu = cpuset_next(&policy->cpus, cpu + 1)) {
                CpuPolicy of_cpu;

                policy_for_cpu(b->input->policy, cpu, &of_cpu);
                if (!of_cpu.by[key])
                        continue;
                if (wish->by[key] && wish->by[key] != of_cpu.by[key]) {
                        _cleanup_free_ char *old = policy_rule_format(wish->by[key], key);
                        _cleanup_free_ char *new = policy_rule_format(of_cpu.by[key], key);

                        if (!old || !new)
                                return -ENOMEM;
                        differ = differ || strcmp(old, new) != 0;
                }
                wish->by[key] = of_cpu.by[key];
        }
        if (!differ)
                return 0;

        Finding finding = { .kind = FINDING_SHARED_POLICY, .knob = id.knob };
        value = policy_rule_format(wish->by[key], key);
        if (!value)
                return -ENOMEM;
        snprintf(finding.wanted, sizeof(finding.wanted), "%s", value);
        return plan_add_finding(b, &finding, &id, &policy->cpus);
}

/* A limit beyond the hardware's range holds at its end, as the kernel would clamp it. */
static int freq_wish_clamp(PlanBuilder *b, const FreqPolicy *policy, Knob knob, uint64_t wanted, uint64_t *ret)
{
        uint64_t khz = wanted;
        Finding finding = { .kind = FINDING_CLAMPED, .knob = knob };

        if (policy->hw_max_khz && khz > policy->hw_max_khz)
                khz = policy->hw_max_khz;
        if (khz < policy->hw_min_khz)
                khz = policy->hw_min_khz;
        *ret = khz;
        if (khz == wanted)
                return 0;
        snprintf(finding.wanted, sizeof(finding.wanted), "%" PRIu64, wanted);
        snprintf(finding.actual, sizeof(finding.actual), "%" PRIu64, khz);
        return plan_add_finding(b, &finding, NULL, &policy->cpus);
}

static int freq_wish_choose_governor(PlanBuilder *b, const FreqPolicy *policy, FreqWish *wish)
{
        char **governors = wish->by[POLICY_GOVERNOR]->governors;
        Finding finding = { .kind = FINDING_REFUSED, .knob = KNOB_SCALING_GOVERNOR, .error = -EINVAL };

        for (unsigned i = 0; governors[i]; i++)
                if (!freq_policy_offers_all(policy) || !policy->governors || list_has(policy->governors, governors[i])) {
                        wish->governor = governors[i];
                        wish->governor_choice = i;
                        return 0;
                }
        snprintf(finding.wanted, sizeof(finding.wanted), "%s", governors[0]);
        snprintf(finding.driver, sizeof(finding.driver), "%s", policy->driver);
        finding.offers = policy->governors;
        return plan_add_finding(b, &finding, NULL, &policy->cpus);
}

static int freq_wish_resolve(PlanBuilder *b, const FreqPolicy *policy, FreqWish *ret)
{
        static const PolicyKey keys[] = { POLICY_GOVERNOR, POLICY_MIN_FREQ, POLICY_MAX_FREQ };
        FreqWish wish = {};
        int r = 0;

        for (unsigned i = 0; i < ARRAY_SIZE(keys) && r == 0; i++)
                r = freq_wish_resolve_key(b, policy, keys[i], &wish);
        if (r == 0 && wish.by[POLICY_GOVERNOR])
                r = freq_wish_choose_governor(b, policy, &wish);
        if (r == 0 && wish.by[POLICY_MIN_FREQ])
                r = freq_wish_clamp(b, policy, KNOB_SCALING_MIN_FREQ, wish.by[POLICY_MIN_FREQ]->min_khz, &wish.min_khz);
        if (r == 0 && wish.by[POLICY_MAX_FREQ])
                r = freq_wish_clamp(b, policy, KNOB_SCALING_MAX_FREQ, wish.by[POLICY_MAX_FREQ]->max_khz, &wish.max_khz);
        if (r < 0)
                return r;
        /* Two sections may each be right and together cross: the maximum holds. */
        if (wish.min_khz && wish.max_khz && wish.min_khz > wish.max_khz)
                wish.min_khz = wish.max_khz;
        *ret = wish;
        return 0;
}

/* Frozen where it stands the policy cannot move; a value the driver's table does not have may be a measured one, and the kernel
 * would round the limit away from the frequency it believes in. */
static bool freq_policy_can_freeze(const FreqPolicy *policy)
{
        char khz[KNOB_VALUE_SIZE];

        snprintf(khz, sizeof(khz), "%" PRIu64, policy->cur_khz);
        return policy->cur_khz > 0 && (!policy->frequencies || list_has(policy->frequencies, khz));
}

/* Adds a step unless the value stands already, and follows it in *now. One that would mark the TSC is shown as withheld. */
static int freq_step(PlanBuilder *b, FreqPolicy *now, const Step *like, const char *to)
{
        Step step = *like;
        Finding finding = { .kind = FINDING_WITHHELD, .knob = step.id.knob };
        Snapshot alone = { .policies = now, .n_policies = 1 };

        step.id.id = now->id;
        (void)snapshot_get(&alone, &step.id, step.from);
        snprintf(step.to, sizeof(step.to), "%s", to);
        if (strcasecmp(step.from, step.to) == 0)
                return 0;

        step.effect = frequency_effect(now, b->input->fragile_tsc, step.id.knob, step.to);
        step.withheld = step.effect == EFFECT_MARKS_TSC_UNSTABLE;
        if (!step.withheld)
                frequency_set(now, step.id.knob, step.to);
        else {
                snprintf(finding.wanted, sizeof(finding.wanted), "%s", step.to);
                snprintf(finding.actual, sizeof(finding.actual), "%s", step.from);
                int r = plan_add_finding(b, &finding, &step.id, &now->cpus);
                if (r < 0)
                        return r;
        }
        return plan_add_step(b, &step);
}

static int freq_limit_step(PlanBuilder *b, FreqPolicy *now, Knob knob, const Step *like, uint64_t khz)
{
        char to[KNOB_VALUE_SIZE];
        Step step = *like;

        if (khz == 0)
                return 0;
        step.id.knob = knob;
        if (step.rule)
                step.line = step.rule->lines[knob == KNOB_SCALING_MIN_FREQ ? POLICY_MIN_FREQ : POLICY_MAX_FREQ];
        snprintf(to, sizeof(to), "%" PRIu64, khz);
        return freq_step(b, now, &step, to);
}

/* Tells userspace the frequency it stands at, which moves nothing and leaves no other speed waiting behind the limits. */
static int freq_pin_setspeed(PlanBuilder *b, FreqPolicy *now)
{
        Step step = {
                .id = { .knob = KNOB_SCALING_SETSPEED, .id = now->id },
                .reason = STEP_FREEZE,
                .effect = EFFECT_HOLDS_FREQUENCY,
        };

        snprintf(step.from, sizeof(step.from), "%" PRIu64, now->setspeed_khz);
        snprintf(step.to, sizeof(step.to), "%" PRIu64, now->cur_khz);
        frequency_set(now, step.id.knob, step.to);
        return plan_add_step(b, &step);
}

/* Both limits, in the order in which the minimum never passes the maximum. */
static int freq_limit_steps(PlanBuilder *b, FreqPolicy *now, const Step *like_min, uint64_t min_khz, const Step *like_max,
                            uint64_t max_khz)
{
        bool max_first = max_khz == 0 || max_khz >= now->min_khz;
        int r = 0;

        if (b->input->fragile_tsc && frequency_widens_unsurely(now, min_khz ? min_khz : now->min_khz, max_khz ? max_khz : now->max_khz))
                r = freq_pin_setspeed(b, now);
        if (r == 0 && max_first)
                r = freq_limit_step(b, now, KNOB_SCALING_MAX_FREQ, like_max, max_khz);
        if (r == 0)
                r = freq_limit_step(b, now, KNOB_SCALING_MIN_FREQ, like_min, min_khz);
        if (r == 0 && !max_first)
                r = freq_limit_step(b, now, KNOB_SCALING_MAX_FREQ, like_max, max_khz);
        return r;
}

static int freq_governor_step(PlanBuilder *b, FreqPolicy *now, const FreqWish *wish)
{
        Step step = { .id.knob = KNOB_SCALING_GOVERNOR, .reason = STEP_POLICY, .choice = wish->governor_choice };

        if (!wish->governor)
                return 0;
        step.rule = wish->by[POLICY_GOVERNOR];
        step.line = step.rule->lines[POLICY_GOVERNOR];
        return freq_step(b, now, &step, wish->governor);
}

static uint64_t original_khz(const PlanBuilder *b, const FreqPolicy *policy, Knob knob)
{
        const char *value = originals_get(b->input->originals, &(KnobId) { .knob = knob, .id = policy->id });
        uint64_t khz = 0;

        if (value)
                (void)parse_u64(value, 0, UINT64_MAX, &khz);
        return khz;
}

static int freq_restore_governor(PlanBuilder *b, FreqPolicy *now)
{
        Step step = { .id = { .knob = KNOB_SCALING_GOVERNOR, .id = now->id }, .reason = STEP_RESTORE };
        const char *governor = originals_get(b->input->originals, &step.id);

        return governor ? freq_step(b, now, &step, governor) : 0;
}

/* Last, when governor and limits are back: the speed the governor userspace was told. Where its governor has just come back nobody
 * knows what it started from, unless the frequency stood still for a living TSC. */
static int freq_restore_setspeed(PlanBuilder *b, FreqPolicy *now, bool came_back)
{
        Step step = { .id = { .knob = KNOB_SCALING_SETSPEED, .id = now->id }, .reason = STEP_RESTORE };
        uint64_t khz = original_khz(b, now, step.id.knob);

        /* Outside limits that the policy holds it cannot be reached; the original is kept for when they go. */
        if (khz == 0 || !frequency_is_userspace(now) || khz < now->min_khz || khz > now->max_khz)
                return 0;
        if (!came_back || b->input->fragile_tsc)
                return freq_limit_step(b, now, step.id.knob, &step, khz);
        step.effect = EFFECT_HOLDS_FREQUENCY;
        snprintf(step.from, sizeof(step.from), "%s", "unknown");
        snprintf(step.to, sizeof(step.to), "%" PRIu64, khz);
        return plan_add_step(b, &step);
}

static int freq_freeze(PlanBuilder *b, FreqPolicy *now)
{
        const Step step = { .reason = STEP_FREEZE };
        KnobId id = { .knob = KNOB_SCALING_GOVERNOR, .id = now->id };
        Finding finding = { .kind = FINDING_NOT_HELD, .knob = id.knob };

        if (freq_policy_can_freeze(now))
                return freq_limit_steps(b, now, &step, now->cur_khz, &step, now->cur_khz);
        snprintf(finding.actual, sizeof(finding.actual), "%" PRIu64, now->cur_khz);
        snprintf(finding.driver, sizeof(finding.driver), "%s", now->driver);
        return plan_add_finding(b, &finding, &id, &now->cpus);
}

/* A living TSC: freeze, then the governor, then such limits as move nothing. What rests under the right governor is left alone,
 * so that a plan carried out leaves an empty one behind. */
static int freq_apply_fragile(PlanBuilder *b, FreqPolicy *now, const FreqWish *wish)
{
        const Step min = { .reason = STEP_POLICY, .rule = wish->by[POLICY_MIN_FREQ] };
        const Step max = { .reason = STEP_POLICY, .rule = wish->by[POLICY_MAX_FREQ] };
        bool governor_stands = !wish->governor || strcasecmp(wish->governor, now->governor) == 0;
        int r = 0;

        if (!governor_stands || !frequency_rests(now))
                r = freq_freeze(b, now);
        if (r == 0)
                r = freq_governor_step(b, now, wish);
        if (r == 0)
                r = freq_limit_steps(b, now, &min, wish->min_khz, &max, wish->max_khz);
        return r;
}

/* A limit nobody asks for any more goes back to its original: the freeze ends with the TSC it was for. */
static int freq_apply(PlanBuilder *b, FreqPolicy *now, const FreqWish *wish)
{
        Step min = { .reason = STEP_POLICY, .rule = wish->by[POLICY_MIN_FREQ] };
        Step max = { .reason = STEP_POLICY, .rule = wish->by[POLICY_MAX_FREQ] };
        uint64_t min_khz = wish->min_khz, max_khz = wish->max_khz;
        bool userspace;
        int r;

        if (!min.rule) {
                min.reason = STEP_RESTORE;
                min_khz = original_khz(b, now, KNOB_SCALING_MIN_FREQ);
        }
        if (!max.rule) {
                max.reason = STEP_RESTORE;
                max_khz = original_khz(b, now, KNOB_SCALING_MAX_FREQ);
        }
        /* An original must not push the other limit aside. */
        if (!min.rule && max.rule && min_khz > max_khz)
                min_khz = max_khz;
        if (!max.rule && min.rule && max_khz > 0 && max_khz < min_khz)
                max_khz = min_khz;

        r = freq_limit_steps(b, now, &min, min_khz, &max, max_khz);
        if (r < 0 || wish->by[POLICY_GOVERNOR])
                return r < 0 ? r : freq_governor_step(b, now, wish);
        userspace = frequency_is_userspace(now);
        r = freq_restore_governor(b, now);
        return r < 0 ? r : freq_restore_setspeed(b, now, !userspace);
}

/* The governor first: while the limits stand together for a living TSC it cannot move anything. */
static int freq_restore(PlanBuilder *b, FreqPolicy *now)
{
        const Step step = { .reason = STEP_RESTORE };
        bool userspace = frequency_is_userspace(now);
        int r = freq_restore_governor(b, now);

        if (r == 0)
                r = freq_limit_steps(b, now, &step, original_khz(b, now, KNOB_SCALING_MIN_FREQ), &step,
                                     original_khz(b, now, KNOB_SCALING_MAX_FREQ));
        return r < 0 ? r : freq_restore_setspeed(b, now, !userspace);
}

/* Knobs the policy speaks of keep their originals, whether or not they can be reached now. */
static int freq_add_wanted(PlanBuilder *b, const FreqPolicy *policy, const FreqWish *wish)
{
        static const Knob knobs[] = { KNOB_SCALING_MAX_FREQ, KNOB_SCALING_MIN_FREQ, KNOB_SCALING_GOVERNOR,
                                      KNOB_SCALING_SETSPEED };

        for (unsigned i = 0; i < ARRAY_SIZE(knobs); i++) {
                KnobId id = { .knob = knobs[i], .id = policy->id };
                bool governor = policy->error != 0 || wish->by[POLICY_GOVERNOR];
                bool max = policy->error != 0 || b->input->fragile_tsc || wish->by[POLICY_MAX_FREQ];
                bool min = policy->error != 0 || b->input->fragile_tsc || wish->by[POLICY_MIN_FREQ];
                bool wanted = knobs[i] == KNOB_SCALING_GOVERNOR ? governor : knobs[i] == KNOB_SCALING_MAX_FREQ ? max :
                              knobs[i] == KNOB_SCALING_MIN_FREQ ? min : governor || max || min;

                if (wanted && plan_add_wanted(b, &id) < 0)
                        return -ENOMEM;
        }
        return 0;
}

static int freq_add_unreadable(PlanBuilder *b, const FreqPolicy *policy)
{
        Finding finding = { .kind = FINDING_FAILED, .knob = KNOB_SCALING_GOVERNOR, .error = policy->error };
        KnobId id = { .knob = KNOB_SCALING_GOVERNOR, .id = policy->id };
        _cleanup_cpuset_ CpuSet first = {};

        if (!cpuset_is_empty(&policy->cpus))
                return plan_add_finding(b, &finding, &id, &policy->cpus);
        /* EBUSY: its CPUs are offline, which is told elsewhere. The others: it went while it was read. */
        if (policy->error == -EBUSY || policy->error == -ENOENT || policy->error == -ENODEV)
                return 0;
        /* Not even its CPUs can be read; policyN is named after the first one (drivers/cpufreq/cpufreq.c). */
        return cpuset_add(&first, policy->id) < 0 ? -ENOMEM : plan_add_finding(b, &finding, &id, &first);
}

int plan_add_frequency(PlanBuilder *b, const FreqPolicy *policy)
{
        FreqPolicy now = *policy;
        FreqWish wish = {};
        int r;

        if (!b->input->frequency)
                return policy->error ? 0 : freq_restore(b, &now);

        if (policy->error) {
                r = freq_add_wanted(b, policy, &wish);
                return r < 0 ? r : freq_add_unreadable(b, policy);
        }

        r = freq_wish_resolve(b, policy, &wish);
        if (r == 0)
                r = freq_add_wanted(b, policy, &wish);
        if (r < 0)
                return r;
        return b->input->fragile_tsc ? freq_apply_fragile(b, &now, &wish) : freq_apply(b, &now, &wish);
}
