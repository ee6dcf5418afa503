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
