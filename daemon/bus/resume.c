/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * systemd-logind tells of a sleep, before and after.
 */
#include "bus/bus-internal.h"

static int resume_on_signal(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        Bus *bus = userdata;
        int begins;

        if (sd_bus_message_read(message, "b", &begins) > 0 && !begins)
                manager_on_resume(bus->manager);
        return 0;
}

int bus_watch_resume(Bus *bus)
{
        return sd_bus_match_signal_async(bus->connection, NULL, "org.freedesktop.login1", "/org/freedesktop/login1",
                                         "org.freedesktop.login1.Manager", "PrepareForSleep", resume_on_signal, NULL, bus);
}
