/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * systemd-logind reports a sleep, before and after it.
 */
#include "bus/bus-internal.h"

#define LOGIND "org.freedesktop.login1"

static int resume_on_signal(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        Bus *bus = userdata;
        int begins;

        if (!peer_has_sent(&bus->logind, message))
                return 0;
        if (sd_bus_message_read(message, "b", &begins) > 0 && !begins)
                manager_on_resume(bus->manager);
        return 0;
}

int bus_watch_resume(Bus *bus)
{
        int r = peer_follow(&bus->logind, bus->connection, LOGIND);

        if (r < 0)
                return r;
        return sd_bus_match_signal_async(bus->connection, NULL, LOGIND, "/org/freedesktop/login1", LOGIND ".Manager",
                                         "PrepareForSleep", resume_on_signal, NULL, bus);
}
