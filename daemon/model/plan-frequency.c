/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/plan-frequency.h"

#include <errno.h>
#include <string.h>

#include "base/append.h"
#include "base/parse.h"
#include "model/plan-wish.h"

/* Whether the domain can be frozen at its present frequency. A value that is not in the driver's table may be a
 * measured one; the kernel would then round the limit, and the frequency would change. */
static bool freq_domain_can_freeze(const FreqDomain *domain)
{
        char khz[KNOB_VALUE_SIZE];

        (void)append_number(khz, domain->cur_khz);
        return domain->cur_khz > 0 && (!domain->frequencies || freq_list_has(domain->frequencies, khz));
}

/* Adds a step unless the knob has the value already, and applies it to *now. A step that would mark the TSC is added as
 * left out. */
static int freq_step(PlanBuilder *b, FreqDomain *now, const Step *like, const char *to)
{
        Step step = *like;
        Snapshot alone = { .domains = now, .n_domains = 1 };

        step.id.id = now->id;
        (void)snapshot_get(&alone, &step.id, step.from);
        copy_text(step.to, sizeof(step.to), to);
        if (strcasecmp(step.from, step.to) == 0)
                return 0;

        step.effect = frequency_effect(now, b->input->fragile_tsc, step.id.knob, step.to);
        step.withheld = step.effect == EFFECT_MARKS_TSC_UNSTABLE;
        if (!step.withheld)
                frequency_set(now, step.id.knob, step.to);
        else {
                Finding finding = finding_make(FINDING_WITHHELD, step.id.knob, step.to, step.from, NULL);
                int r = plan_add_finding(b, &finding, &step.id, &now->cpus);
                if (r < 0)
                        return r;
        }
        return plan_add_step(b, &step);
}

static int freq_limit_step(PlanBuilder *b, FreqDomain *now, Knob knob, const Step *like, uint64_t khz)
{
        char to[KNOB_VALUE_SIZE];
        Step step = *like;

        if (khz == 0)
                return 0;
        step.id.knob = knob;
        step.key = policy_key_of_knob(knob);
        (void)append_number(to, khz);
        return freq_step(b, now, &step, to);
}

/* Writes the current frequency to scaling_setspeed, so that no older target stays pending behind the limits. */
static int freq_pin_setspeed(PlanBuilder *b, FreqDomain *now)
{
        Step step = {
                .id = { .knob = KNOB_SCALING_SETSPEED, .id = now->id },
                .reason = STEP_FREEZE,
                .effect = EFFECT_HOLDS_FREQUENCY,
        };

        (void)append_number(step.from, now->setspeed_khz);
        (void)append_number(step.to, now->cur_khz);
        frequency_set(now, step.id.knob, step.to);
        return plan_add_step(b, &step);
}

/* Sets both limits, in an order in which the minimum never exceeds the maximum. */
static int freq_limit_steps(PlanBuilder *b, FreqDomain *now, const Step *like_min, uint64_t min_khz,
                            const Step *like_max, uint64_t max_khz)
{
        bool max_first = max_khz == 0 || max_khz >= now->min_khz;
        int r = 0;

        if (b->input->fragile_tsc &&
            frequency_widens_unsurely(now, min_khz ? min_khz : now->min_khz, max_khz ? max_khz : now->max_khz))
                r = freq_pin_setspeed(b, now);
        if (r < 0)
                return r;
        if (max_first) {
                r = freq_limit_step(b, now, KNOB_SCALING_MAX_FREQ, like_max, max_khz);
                return r < 0 ? r : freq_limit_step(b, now, KNOB_SCALING_MIN_FREQ, like_min, min_khz);
        }
        r = freq_limit_step(b, now, KNOB_SCALING_MIN_FREQ, like_min, min_khz);
        return r < 0 ? r : freq_limit_step(b, now, KNOB_SCALING_MAX_FREQ, like_max, max_khz);
}

static int freq_governor_step(PlanBuilder *b, FreqDomain *now, const FreqWish *wish)
{
        const Step step = {
                .id.knob = KNOB_SCALING_GOVERNOR,
                .reason = STEP_POLICY,
                .rule = wish->by[POLICY_GOVERNOR],
                .key = POLICY_GOVERNOR,
                .choice = wish->governor_choice,
        };

        return wish->governor ? freq_step(b, now, &step, wish->governor) : 0;
}

static uint64_t original_khz(PlanBuilder *b, const FreqDomain *domain, Knob knob)
{
        const char *value = plan_get_original(b, &(KnobId) { .knob = knob, .id = domain->id });
        uint64_t khz = 0;

        if (value)
                (void)parse_u64(value, 0, UINT64_MAX, &khz);
        return khz;
}

static int freq_restore_governor(PlanBuilder *b, FreqDomain *now)
{
        Step step = { .id = { .knob = KNOB_SCALING_GOVERNOR, .id = now->id }, .reason = STEP_RESTORE };
        const char *governor = plan_get_original(b, &step.id);

        return governor ? freq_step(b, now, &step, governor) : 0;
}

/* Sets the speed of governor userspace. Just after the governor has changed, its first speed is not known; and when the
 * limits change, another speed may wait behind them. Nothing is set while a freeze protects the TSC. */
static int freq_setspeed_step(PlanBuilder *b, const FreqDomain *before, FreqDomain *now, const Step *like, uint64_t khz)
{
        Step step = *like;
        bool known =
                frequency_is_userspace(before) && before->min_khz == now->min_khz && before->max_khz == now->max_khz;

        if (known || b->input->fragile_tsc)
                return freq_limit_step(b, now, KNOB_SCALING_SETSPEED, &step, khz);
        step.id = (KnobId) { .knob = KNOB_SCALING_SETSPEED, .id = now->id };
        step.key = POLICY_FREQ;
        step.effect = EFFECT_HOLDS_FREQUENCY;
        strcpy(step.from, "unknown");
        (void)append_number(step.to, khz);
        return plan_add_step(b, &step);
}

/* Comes last, when governor and limits are back. */
static int freq_restore_setspeed(PlanBuilder *b, const FreqDomain *before, FreqDomain *now)
{
        const Step step = { .reason = STEP_RESTORE };
        uint64_t khz = original_khz(b, now, KNOB_SCALING_SETSPEED);

        /* Limits of the domain prevent it now; the original is kept until they end. */
        if (khz == 0 || !frequency_is_userspace(now) || khz < now->min_khz || khz > now->max_khz)
                return 0;
        return freq_setspeed_step(b, before, now, &step, khz);
}

/* The speed that the kernel chooses (drivers/cpufreq/cpufreq.c __resolve_freq, CPUFREQ_RELATION_L): within the limits
 * the lowest entry of the driver's table that is not below the requested speed, else the highest. */
static uint64_t freq_nearest(const FreqDomain *now, uint64_t khz)
{
        uint64_t entry;

        khz = frequency_within_limits(now, khz);
        entry = frequency_find_nearest(now, khz, true);
        if (entry > 0 && entry <= now->max_khz)
                return entry;
        entry = frequency_find_nearest(now, khz, false);
        return entry > 0 && entry >= now->min_khz ? entry : khz;
}

/* Comes after limits and governor. With a fragile TSC both limits are equal, and a speed outside them would only wait
 * there. */
static int freq_domain_setspeed(PlanBuilder *b, const FreqDomain *before, FreqDomain *now, const FreqWish *wish)
{
        Step step = { .reason = STEP_POLICY, .rule = wish->by[POLICY_FREQ] };
        KnobId id = { .knob = KNOB_SCALING_SETSPEED, .id = now->id };
        char value[KNOB_VALUE_SIZE], present[KNOB_VALUE_SIZE];
        Finding finding;
        uint64_t khz;

        if (wish->speed_khz == 0)
                return 0;
        khz = b->input->fragile_tsc ? wish->speed_khz : freq_nearest(now, wish->speed_khz);
        (void)append_number(value, khz);
        if (plan_add_wanted(b, &id, value) < 0)
                return -ENOMEM;
        if (!frequency_is_userspace(now))
                return 0;
        if (freq_wish_add_changed(b, FINDING_ROUNDED, now, id.knob, wish->speed_khz, khz) < 0)
                return -ENOMEM;
        if (!b->input->fragile_tsc || khz == now->cur_khz)
                return freq_setspeed_step(b, before, now, &step, khz);
        (void)append_number(present, now->cur_khz);
        finding = finding_make(FINDING_WITHHELD, id.knob, value, present, NULL);
        return plan_add_finding(b, &finding, &id, &now->cpus);
}

static int freq_freeze(PlanBuilder *b, FreqDomain *now)
{
        const Step step = { .reason = STEP_FREEZE };
        KnobId id = { .knob = KNOB_SCALING_GOVERNOR, .id = now->id };
        char present[KNOB_VALUE_SIZE];
        Finding finding;

        if (freq_domain_can_freeze(now))
                return freq_limit_steps(b, now, &step, now->cur_khz, &step, now->cur_khz);
        (void)append_number(present, now->cur_khz);
        finding = finding_make(FINDING_NOT_HELD, id.knob, NULL, present, now->driver);
        return plan_add_finding(b, &finding, &id, &now->cpus);
}

/* With a TSC that still works: first the freeze, then the governor, then limits that change no frequency. A domain that
 * already has the right governor and a constant frequency is not changed, so that there is nothing to do after a plan
 * was carried out. */
static int freq_apply_fragile(PlanBuilder *b, FreqDomain *now, const FreqWish *wish)
{
        const Step min = { .reason = STEP_POLICY, .rule = wish->by[POLICY_MIN_FREQ] };
        const Step max = { .reason = STEP_POLICY, .rule = wish->by[POLICY_MAX_FREQ] };
        bool governor_stands = !wish->governor || strcasecmp(wish->governor, now->governor) == 0;
        const FreqDomain before = *now;
        int r = 0;

        if (!governor_stands || !frequency_rests(now))
                r = freq_freeze(b, now);
        if (r < 0)
                return r;
        r = freq_governor_step(b, now, wish);
        if (r < 0)
                return r;
        r = freq_limit_steps(b, now, &min, wish->min_khz, &max, wish->max_khz);
        return r < 0 ? r : freq_domain_setspeed(b, &before, now, wish);
}

/* A limit that nothing asks for any more goes back to its original. In this way a freeze ends when the TSC is lost. */
static int freq_apply(PlanBuilder *b, FreqDomain *now, const FreqWish *wish)
{
        Step min = { .reason = STEP_POLICY, .rule = wish->by[POLICY_MIN_FREQ] };
        Step max = { .reason = STEP_POLICY, .rule = wish->by[POLICY_MAX_FREQ] };
        uint64_t min_khz = wish->min_khz, max_khz = wish->max_khz;
        const FreqDomain before = *now;
        int r;

        if (!min.rule) {
                min.reason = STEP_RESTORE;
                min_khz = original_khz(b, now, KNOB_SCALING_MIN_FREQ);
        }
        if (!max.rule) {
                max.reason = STEP_RESTORE;
                max_khz = original_khz(b, now, KNOB_SCALING_MAX_FREQ);
        }
        /* An original must not move the other limit. */
        if (!min.rule && max.rule && min_khz > max_khz)
                min_khz = max_khz;
        if (!max.rule && min.rule && max_khz > 0 && max_khz < min_khz)
                max_khz = min_khz;

        r = freq_limit_steps(b, now, &min, min_khz, &max, max_khz);
        if (r < 0)
                return r;
        if (wish->by[POLICY_GOVERNOR]) {
                r = freq_governor_step(b, now, wish);
                return r < 0 ? r : freq_domain_setspeed(b, &before, now, wish);
        }
        r = freq_restore_governor(b, now);
        return r < 0 ? r : freq_restore_setspeed(b, &before, now);
}

/* The governor first: while both limits are equal to protect the TSC, it cannot change the frequency. */
static int freq_restore(PlanBuilder *b, FreqDomain *now)
{
        const Step step = { .reason = STEP_RESTORE };
        const FreqDomain before = *now;
        int r = freq_restore_governor(b, now);

        if (r < 0)
                return r;
        r = freq_limit_steps(b, now, &step, original_khz(b, now, KNOB_SCALING_MIN_FREQ), &step,
                             original_khz(b, now, KNOB_SCALING_MAX_FREQ));
        return r < 0 ? r : freq_restore_setspeed(b, &before, now);
}

/* Knobs that the policy sets keep their originals, even if they cannot be written now. */
static int freq_add_wanted(PlanBuilder *b, const FreqDomain *domain, const FreqWish *wish)
{
        bool all = domain->error != 0;
        bool governor = all || wish->by[POLICY_GOVERNOR];
        bool max = all || b->input->fragile_tsc || wish->by[POLICY_MAX_FREQ];
        bool min = all || b->input->fragile_tsc || wish->by[POLICY_MIN_FREQ];
        KnobId id = { .knob = KNOB_SCALING_MAX_FREQ, .id = domain->id };
        char khz[KNOB_VALUE_SIZE];
        int r = 0;

        /* In the order of knob_id_compare(), which spares sorting. */
        (void)append_number(khz, wish->max_khz);
        if (r == 0 && max)
                r = plan_add_wanted(b, &id, wish->max_khz ? khz : NULL);
        id.knob = KNOB_SCALING_MIN_FREQ;
        (void)append_number(khz, wish->min_khz);
        if (r == 0 && min)
                r = plan_add_wanted(b, &id, wish->min_khz ? khz : NULL);
        id.knob = KNOB_SCALING_GOVERNOR;
        if (r == 0 && governor)
                r = plan_add_wanted(b, &id, wish->governor);
        id.knob = KNOB_SCALING_SETSPEED;
        if (r == 0 && (governor || max || min) && !wish->speed_khz)
                r = plan_add_wanted(b, &id, NULL);
        return r;
}

static int freq_add_unreadable(PlanBuilder *b, const FreqDomain *domain)
{
        Finding finding = { .kind = FINDING_FAILED, .knob = KNOB_SCALING_GOVERNOR, .error = domain->error };
        KnobId id = { .knob = KNOB_SCALING_GOVERNOR, .id = domain->id };
        _cleanup_cpuset_ CpuSet first = {};

        if (!cpuset_is_empty(&domain->cpus))
                return plan_add_finding(b, &finding, &id, &domain->cpus);
        /* EBUSY: its CPUs are offline, which another finding says. The other errors: it disappeared while it was
         * read. */
        if (domain->error == -EBUSY || domain->error == -ENOENT || domain->error == -ENODEV)
                return 0;
        /* If the list of its CPUs cannot be read either: policyN is named after its first CPU
         * (drivers/cpufreq/cpufreq.c). */
        return cpuset_add(&first, domain->id) < 0 ? -ENOMEM : plan_add_finding(b, &finding, &id, &first);
}

int plan_add_frequency(PlanBuilder *b, const FreqDomain *domain)
{
        FreqDomain now = *domain;
        FreqWish wish = {};
        int r;

        if (!b->input->halves.frequency)
                return domain->error ? 0 : freq_restore(b, &now);

        if (domain->error) {
                r = freq_add_wanted(b, domain, &wish);
                return r < 0 ? r : freq_add_unreadable(b, domain);
        }

        r = freq_wish_resolve(b, domain, &wish);
        if (r < 0)
                return r;
        r = freq_add_wanted(b, domain, &wish);
        if (r < 0)
                return r;
        return b->input->fragile_tsc ? freq_apply_fragile(b, &now, &wish) : freq_apply(b, &now, &wish);
}
