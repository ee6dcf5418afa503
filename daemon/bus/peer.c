/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bus/peer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/macro.h"

#define DRIVER "org.freedesktop.DBus"
#define DRIVER_PATH "/org/freedesktop/DBus"

bool message_is_from_bus(sd_bus_message *message)
{
        const char *sender = sd_bus_message_get_sender(message);

        /* The bus sets the sender of everything that it delivers, and gives this name to nobody else. */
        return sender && strcmp(sender, DRIVER) == 0;
}

static void peer_set_owner(Peer *peer, const char *owner)
{
        free(peer->owner);
        /* Out of memory: no message counts as coming from the owner until the name changes hands. */
        peer->owner = owner[0] ? strdup(owner) : NULL;
}

static int peer_on_changed(sd_bus_message *signal, void *userdata, sd_bus_error *error)
{
        const char *name, *owner;
        Peer *peer = userdata;

        if (message_is_from_bus(signal) && sd_bus_message_read(signal, "sss", &name, NULL, &owner) > 0 &&
            strcmp(name, peer->name) == 0)
                peer_set_owner(peer, owner);
        return 0;
}

static int peer_on_owner(sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        const char *owner;

        /* An error means that nobody has the name now. */
        if (!sd_bus_message_is_method_error(reply, NULL) && sd_bus_message_read(reply, "s", &owner) > 0)
                peer_set_owner(userdata, owner);
        return 0;
}

int peer_follow(Peer *peer, sd_bus *connection, const char *name)
{
        _cleanup_free_ char *match = NULL;
        int r;

        peer_done(peer);
        peer->name = name;
        match = text_format("type='signal',sender='" DRIVER "',path='" DRIVER_PATH "',interface='" DRIVER "',"
                            "member='NameOwnerChanged',arg0='%s'",
                            name);
        if (!match)
                return -ENOMEM;
        r = sd_bus_add_match_async(connection, &peer->changed, match, peer_on_changed, NULL, peer);
        if (r < 0)
                return r;
        r = sd_bus_call_method_async(connection, &peer->reply, DRIVER, DRIVER_PATH, DRIVER, "GetNameOwner",
                                     peer_on_owner, peer, "s", name);
        return r < 0 ? r : 0;
}

bool peer_has_sent(const Peer *peer, sd_bus_message *message)
{
        const char *sender = sd_bus_message_get_sender(message);

        return sender && peer->owner && strcmp(sender, peer->owner) == 0;
}

void peer_done(Peer *peer)
{
        sd_bus_slot_unref(peer->changed);
        sd_bus_slot_unref(peer->reply);
        free(peer->owner);
        *peer = (Peer) {};
}
