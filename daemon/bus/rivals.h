/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Asks systemd which units that set governors, frequencies or C-states themselves are active. Nothing is started.
 */
#pragma once

#include <systemd/sd-bus.h>

#include "bus/peer.h"
#include "manager/manager.h"

/* All zero is ready for use. */
typedef struct Rivals {
        Manager *manager;
        unsigned long logged; /* a bit per Rival */
        Peer systemd;
        sd_bus_slot *finished, *reply;
} Rivals;

/* On a connection that is ready: asks now, and once more when the system has started, because most such units start
 * after the daemon. manager_on_rivals() gets the new ones. Without systemd nothing happens. 0 or
 * more, or -errno. */
int rivals_ask(Rivals *rivals, sd_bus *connection);
/* To be called when the connection goes. */
void rivals_done(Rivals *rivals);
