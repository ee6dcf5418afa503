/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Which halves of the policy should be in force on this host.
 */
#pragma once

#include "host/config/config-store.h"
#include "host/config/config.h"
#include "model/facts.h"
#include "model/need.h"
#include "watch/guests.h"

/* The halves that configuration and need ask for. */
Halves wish_wanted(const Config *config, const Facts *facts);
/* No guest runs, and APPLY_WHEN=guests allows the policy only while one does. */
bool wish_waits_for_guests(const Config *config, const GuestWatch *guests);
/* The halves that should be in force now. */
Halves wish_now(const Config *config, const Facts *facts, const GuestWatch *guests);
