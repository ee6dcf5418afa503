/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/plan-wish.h"

#include <errno.h>

#include "base/append.h"

/* If rules set different values for CPUs of one domain, the last rule holds, as if the rules were carried out one after
 * the other. */
static int freq_wish_resolve_key(PlanBuilder *b, const FreqDomain *domain, PolicyKey key, FreqWish *wish)
{
        KnobId id = { .knob = policy_key_to_knob(key), .id = domain->id };
        _cleanup_free_ char *value = NULL;
        Finding finding;
        bool differ;
        int r = plan_resolve_shared(b, domain, key, &wish->by[key], &differ);

        if (r < 0 || !differ)
                return r;
        value = policy_rule_format(wish->by[key], key);
        if (!value)
                return -ENOMEM;
        finding = finding_make(FINDING_SHARED_POLICY, id.knob, value, NULL, NULL);
        return plan_add_finding(b, &finding, &id, &domain->cpus);
}

/* A frequency outside the hardware's range becomes the nearest end of the range, as in the kernel. */
static int freq_wish_clamp(PlanBuilder *b, const FreqDomain *domain, Knob knob, uint64_t wanted, uint64_t *ret)
{
        uint64_t khz = wanted;

        if (domain->hw_max_khz && khz > domain->hw_max_khz)
                khz = domain->hw_max_khz;
        if (khz < domain->hw_min_khz)
                khz = domain->hw_min_khz;
        *ret = khz;
        return freq_wish_add_changed(b, FINDING_CLAMPED, domain, knob, wanted, khz);
}

int freq_wish_add_changed(PlanBuilder *b, FindingKind kind, const FreqDomain *domain, Knob knob, uint64_t wanted,
                          uint64_t khz)
{
        char from[KNOB_VALUE_SIZE], to[KNOB_VALUE_SIZE];
        Finding finding;

        if (khz == wanted)
                return 0;
        (void)append_number(from, wanted);
        (void)append_number(to, khz);
        finding = finding_make(kind, knob, from, to, kind == FINDING_ROUNDED ? domain->driver : NULL);
        return plan_add_finding(b, &finding, NULL, &domain->cpus);
}

/* Turns a frequency between two entries of the driver's table into the one that the kernel makes of it, so that it
 * reads back as it was written. */
static int freq_wish_round(PlanBuilder *b, const FreqDomain *domain, FreqWish *wish)
{
        uint64_t min_khz = wish->min_khz, max_khz = wish->max_khz;
        int r;

        frequency_round_limits(domain, &wish->min_khz, &wish->max_khz);
        r = freq_wish_add_changed(b, FINDING_ROUNDED, domain, KNOB_SCALING_MIN_FREQ, min_khz, wish->min_khz);
        if (r < 0)
                return r;
        return freq_wish_add_changed(b, FINDING_ROUNDED, domain, KNOB_SCALING_MAX_FREQ, max_khz, wish->max_khz);
}

static int freq_wish_choose_governor(PlanBuilder *b, const FreqDomain *domain, FreqWish *wish)
{
        char **governors = wish->by[POLICY_GOVERNOR]->governors;
        Finding finding;

        for (unsigned i = 0; governors[i]; i++)
                if (!freq_domain_offers_all(domain) || !domain->governors ||
                    freq_list_has(domain->governors, governors[i])) {
                        wish->governor = governors[i];
                        wish->governor_choice = i;
                        return 0;
                }
        finding = finding_make(FINDING_REFUSED, KNOB_SCALING_GOVERNOR, governors[0], NULL, domain->driver);
        finding.error = -EINVAL;
        finding.offers = (char *)domain->governors;
        return plan_add_finding(b, &finding, NULL, &domain->cpus);
}

int freq_wish_resolve(PlanBuilder *b, const FreqDomain *domain, FreqWish *ret)
{
        static const PolicyKey keys[] = { POLICY_GOVERNOR, POLICY_MIN_FREQ, POLICY_MAX_FREQ, POLICY_FREQ };
        FreqWish wish = {};
        int r = 0;

        for (unsigned i = 0; i < ARRAY_SIZE(keys) && r == 0; i++)
                r = freq_wish_resolve_key(b, domain, keys[i], &wish);
        /* If a later rule sets the governor, the speed of the earlier rule does not hold. */
        if (wish.by[POLICY_FREQ] != wish.by[POLICY_GOVERNOR])
                wish.by[POLICY_FREQ] = NULL;
        if (r == 0 && wish.by[POLICY_GOVERNOR])
                r = freq_wish_choose_governor(b, domain, &wish);
        if (r == 0 && wish.by[POLICY_MIN_FREQ])
                r = freq_wish_clamp(b, domain, KNOB_SCALING_MIN_FREQ, wish.by[POLICY_MIN_FREQ]->min_khz, &wish.min_khz);
        if (r == 0 && wish.by[POLICY_MAX_FREQ])
                r = freq_wish_clamp(b, domain, KNOB_SCALING_MAX_FREQ, wish.by[POLICY_MAX_FREQ]->max_khz, &wish.max_khz);
        if (r == 0 && wish.by[POLICY_FREQ] && wish.governor)
                r = freq_wish_clamp(b, domain, KNOB_SCALING_SETSPEED, wish.by[POLICY_FREQ]->speed_khz, &wish.speed_khz);
        if (r < 0)
                return r;
        /* Two sections may set a minimum above a maximum; then the maximum holds. */
        if (wish.min_khz && wish.max_khz && wish.min_khz > wish.max_khz)
                wish.min_khz = wish.max_khz;
        r = freq_wish_round(b, domain, &wish);
        if (r < 0)
                return r;
        *ret = wish;
        return 0;
}
