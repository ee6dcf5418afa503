/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * org.freedesktop.LogControl1(5), for `systemctl service-log-level`. libsystemd exports no vtable of it.
 */
#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "bus/bus-internal.h"

#define INTERFACE "org.freedesktop.LogControl1"
#define LOG_CONTROL_PATH "/org/freedesktop/LogControl1"

static const char *const levels[] = { "emerg", "alert", "crit", "err", "warning", "notice", "info", "debug" };

static int get_level(sd_bus *connection, const char *path, const char *interface, const char *property,
                     sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        return sd_bus_message_append(reply, "s", levels[log_get_max_level()]);
}

static int get_target(sd_bus *connection, const char *path, const char *interface, const char *property,
                      sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        return sd_bus_message_append(reply, "s", log_get_target());
}

static int get_identifier(sd_bus *connection, const char *path, const char *interface, const char *property,
                          sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        return sd_bus_message_append(reply, "s", "tscwardend");
}

/* Never called, because on_message() handles the call first. It is here for the introspection. */
static int set_level(sd_bus *connection, const char *path, const char *interface, const char *property,
                     sd_bus_message *value, void *userdata, sd_bus_error *error)
{
        return sd_bus_error_set(error, SD_BUS_ERROR_ACCESS_DENIED, "Only root may do this here.");
}

static const sd_bus_vtable log_control_vtable[] = {
        SD_BUS_VTABLE_START(0),
        SD_BUS_WRITABLE_PROPERTY("LogLevel", "s", get_level, set_level, 0, SD_BUS_VTABLE_UNPRIVILEGED),
        SD_BUS_PROPERTY("LogTarget", "s", get_target, 0, SD_BUS_VTABLE_PROPERTY_CONST),
        SD_BUS_PROPERTY("SyslogIdentifier", "s", get_identifier, 0, SD_BUS_VTABLE_PROPERTY_CONST),
        SD_BUS_VTABLE_END,
};

/* The level that a call of Set(interface, property, value) asks for. 1, or 0: another call, or a malformed one. */
static int read_set_level(sd_bus_message *call, const char **ret_level)
{
        const char *interface, *property, *level;

        if (sd_bus_message_is_method_call(call, "org.freedesktop.DBus.Properties", "Set") <= 0 ||
            !sd_bus_message_has_signature(call, "ssv") || sd_bus_message_read(call, "ss", &interface, &property) < 0 ||
            strcmp(interface, INTERFACE) != 0 || strcmp(property, "LogLevel") != 0)
                return 0;
        if (sd_bus_message_read(call, "v", "s", &level) < 0)
                return 0;
        *ret_level = level;
        return 1;
}

static void on_level_allowed(sd_bus_message *call, void *userdata)
{
        const char *level;

        (void)sd_bus_message_rewind(call, true);
        if (read_set_level(call, &level) > 0)
                for (unsigned i = 0; i < ARRAY_SIZE(levels); i++)
                        if (strcmp(level, levels[i]) == 0) {
                                log_set_max_level((int)i);
                                (void)sd_bus_reply_method_return(call, "");
                                return;
                        }
        (void)sd_bus_reply_method_errorf(call, SD_BUS_ERROR_INVALID_ARGS,
                                         "No such level; emerg, alert, crit, err, warning, notice, info or debug.");
}

/* Sees every call before the vtable does. A setter would have to decide at once who may call it, and sd-bus' own check
 * for that blocks. */
static int on_message(sd_bus_message *call, void *userdata, sd_bus_error *error)
{
        Bus *bus = userdata;
        const char *level;

        if (read_set_level(call, &level) > 0)
                return polkit_check_root(&bus->polkit, call, on_level_allowed, bus, error);
        (void)sd_bus_message_rewind(call, true);
        return 0;
}

int bus_add_log_control(Bus *bus)
{
        int r = sd_bus_add_object(bus->connection, NULL, LOG_CONTROL_PATH, on_message, bus);

        if (r < 0)
                return r;
        return sd_bus_add_object_vtable(bus->connection, NULL, LOG_CONTROL_PATH, INTERFACE, log_control_vtable, bus);
}
