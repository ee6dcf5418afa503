/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Another service on the bus, and whether a message comes from it. The bus delivers any client's signal to any other
 * client, and the matches of libsystemd do not compare a sender with the owner of a well-known name
 * (sd_bus_add_match(3)).
 */
#pragma once

#include <stdbool.h>
#include <systemd/sd-bus.h>

/* All zero is ready for use. */
typedef struct Peer {
        const char *name; /* well-known; a constant */
        char *owner;      /* its unique name; NULL: nobody has the name, or the bus has not answered yet */
        sd_bus_slot *changed, *reply;
} Peer;

/* On a connection that is ready: asks who owns `name`, and follows changes. Does not wait, and starts no service.
 * Messages for matches that are added after this call arrive after the bus's answer. 0 or -errno. */
int peer_follow(Peer *peer, sd_bus *connection, const char *name);
/* Whether the bus delivered `message` from the owner of the name. */
bool peer_has_sent(const Peer *peer, sd_bus_message *message);
/* To be called when the connection goes. */
void peer_done(Peer *peer);

/* Whether it comes from the bus itself. */
bool message_is_from_bus(sd_bus_message *message);
