/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Decides whether a caller may do something. It does not wait for the answer; the daemon goes on meanwhile.
 */
#pragma once

#include <systemd/sd-bus.h>

#include "base/macro.h"

/* How many calls may wait: of one user, and of all those together whose user the bus has not named yet. */
#define POLKIT_CHECKS_PER_USER 8
#define POLKIT_CHECKS_MAX 1024

typedef struct PolkitCheck PolkitCheck;

/* All zero is ready for use. */
typedef struct Polkit {
        PolkitCheck *checks;
        unsigned n;
} Polkit;

/* Answers the call; the reference belongs to the caller. */
typedef void (*PolkitAllowed)(sd_bus_message *call, void *userdata);

/* Asks polkit for `action`; without polkit, root may. A caller who may not gets the error at once. Handlers return what
 * these functions return: 1, or -errno with *error set. One question per connection at a time, POLKIT_CHECKS_PER_USER
 * per user; a question is dropped when its caller leaves the bus. `action` is a constant. */
int polkit_check_action(Polkit *polkit, sd_bus_message *call, const char *action, PolkitAllowed allowed, void *userdata,
                        sd_bus_error *error);
/* Allows only root. */
int polkit_check_root(Polkit *polkit, sd_bus_message *call, PolkitAllowed allowed, void *userdata, sd_bus_error *error);

/* Forgets every open question, because the connection goes. */
void polkit_done(Polkit *polkit);
