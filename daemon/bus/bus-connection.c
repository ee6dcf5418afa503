/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bus/bus-connection.h"

#include <stdlib.h>

#include "base/macro.h"

#define SYSTEM_BUS_DEFAULT "unix:path=/run/dbus/system_bus_socket"

static void bus_unrefp(sd_bus **bus)
{
        sd_bus_unref(*bus);
}

int bus_open_system(sd_bus **ret)
{
        const char *address = getenv("DBUS_SYSTEM_BUS_ADDRESS");
        _cleanup_(bus_unrefp) sd_bus *connection = NULL;
        int r;

        r = sd_bus_new(&connection);
        if (r < 0)
                return r;
        r = sd_bus_set_address(connection, address ? address : SYSTEM_BUS_DEFAULT);
        if (r < 0)
                return r;
        r = sd_bus_set_bus_client(connection, true);
        if (r < 0)
                return r;
        /* No method takes file descriptors. Without this, the descriptors of calls that wait for polkit could fill our
         * table. */
        r = sd_bus_negotiate_fds(connection, false);
        if (r < 0)
                return r;
        /* Without this, the end of the event loop would wait up to 90 s for a bus that does not answer. */
        r = sd_bus_set_close_on_exit(connection, false);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(connection);
        return 0;
}

bool bus_connection_is_ready(sd_bus *connection)
{
        return connection && sd_bus_is_ready(connection) > 0;
}
