/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * May this caller? Asked without waiting; the daemon goes on meanwhile.
 */
#pragma once

#include <systemd/sd-bus.h>

#include "base/macro.h"

/* What callers can make us keep: of one user, and of those together whose user the bus has not named yet. */
#define POLKIT_CHECKS_PER_USER 8
#define POLKIT_CHECKS_MAX 1024

typedef struct PolkitCheck PolkitCheck;

/* All zero is ready for use. */
typedef struct Polkit {
        PolkitCheck *checks;
        unsigned n;
} Polkit;

/* Answers the call; the reference is the caller's. */
typedef void (*PolkitAllowed)(sd_bus_message *call, void *userdata);

/* Ask polkit for `action`; where there is no polkit, root may. Who is refused gets an error by itself. Handlers return
 * what these return: 1, or -errno with *error set. One question per connection at a time, POLKIT_CHECKS_PER_USER per user; a
 * question is dropped when its caller leaves the bus. `action` is a constant. */
int polkit_check_action(Polkit *polkit, sd_bus_message *call, const char *action, PolkitAllowed allowed, void *userdata,
                        sd_bus_error *error);
/* Only root may. */
int polkit_check_root(Polkit *polkit, sd_bus_message *call, PolkitAllowed allowed, void *userdata, sd_bus_error *error);

/* Forgets every open question: the connection goes. */
void polkit_done(Polkit *polkit);
