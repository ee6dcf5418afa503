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

/* Those that configuration and need ask for. */
Halves wish_wanted(const Config *config, const Facts *facts);
/* No guest runs, and with APPLY_WHEN=guests nothing is in force until one does. */
bool wish_waits_for_guests(const Config *config, const GuestWatch *guests);
/* Those that are to be in force now. */
Halves wish_now(const Config *config, const Facts *facts, const GuestWatch *guests);
/* Those that our own file sets although the CPUs do not need them, so that APPLY=auto does not apply them. */
Halves wish_unused(const Config *config, const Facts *facts);
