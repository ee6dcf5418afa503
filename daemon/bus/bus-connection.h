/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Connections to the system bus.
 */
#pragma once

#include <stdbool.h>
#include <systemd/sd-bus.h>

/* Connects to $DBUS_SYSTEM_BUS_ADDRESS, else to the system bus's socket; the connection is not started yet. It takes no
 * file descriptors, and the end of the event loop does not wait for it. 0 or -errno. */
int bus_open_system(sd_bus **ret);

/* Whether messages can be sent. `connection` NULL: there is none. */
bool bus_connection_is_ready(sd_bus *connection);
