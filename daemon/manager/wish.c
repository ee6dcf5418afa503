/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "manager/wish.h"

#include "host/config/config-store.h"
#include "model/policy.h"

Halves wish_wanted(const Config *config, const Facts *facts)
{
        return need_under_mode(facts, config->apply, config->filled);
}

bool wish_waits_for_guests(const Config *config, const GuestWatch *guests)
{
        return config->apply_when == APPLY_WHEN_GUESTS && !guest_watch_have_guests(guests);
}

Halves wish_now(const Config *config, const Facts *facts, const GuestWatch *guests)
{
        return wish_waits_for_guests(config, guests) ? (Halves) {} : wish_wanted(config, facts);
}

/* Whether our own file sets this half. cpupower's files do not count: if the host needs no policy, cpupower applies
 * them. */
static bool config_sets(const Config *config, bool frequency)
{
        for (unsigned i = 0; i < config->policy.n_rules && config->sets_policy; i++)
                for (PolicyKey key = 0; key < POLICY_KEY_MAX_; key++)
                        if (config->policy.rules[i].file && config->policy.rules[i].has[key] &&
                            policy_key_is_idle(key) != frequency)
                                return true;
        return false;
}

Halves wish_unused(const Config *config, const Facts *facts)
{
        Halves need = need_from_facts(facts);

        if (config->apply != APPLY_AUTO)
                return (Halves) {};
        return (Halves) {
                .frequency = !need.frequency && config_sets(config, true),
                .idle = !need.idle && config_sets(config, false),
        };
}
