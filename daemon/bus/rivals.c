/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bus/rivals.h"

#include <stdio.h>
#include <string.h>

#include "model/rival.h"

#define SYSTEMD "org.freedesktop.systemd1"
#define SYSTEMD_PATH "/org/freedesktop/systemd1"
#define SYSTEMD_MANAGER SYSTEMD ".Manager"

/* ListUnitsByNames(): a(ssssssouso), name, description, load state, active state … */
static int on_units(sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        const char *active[RIVAL_MAX_ + 1] = {}, *name, *state;
        Rivals *rivals = userdata;
        unsigned n = 0;

        if (sd_bus_message_is_method_error(reply, NULL) ||
            sd_bus_message_enter_container(reply, 'a', "(ssssssouso)") < 0)
                return 0;
        while (sd_bus_message_read(reply, "(ssssssouso)", &name, NULL, NULL, &state, NULL, NULL, NULL, NULL, NULL,
                                   NULL) > 0) {
                Rival rival = rival_from_unit(name);

                if (rival == RIVAL_MAX_ || rivals->logged & 1UL << rival ||
                    (strcmp(state, "active") != 0 && strcmp(state, "reloading") != 0))
                        continue;
                rivals->logged |= 1UL << rival;
                active[n++] = name;
        }
        manager_on_rivals(rivals->manager, active);
        return 0;
}

static int append_units(sd_bus_message *call)
{
        int r = sd_bus_message_open_container(call, 'a', "s");

        for (Rival rival = 0; rival < RIVAL_MAX_ && r >= 0; rival++) {
                char unit[64];

                snprintf(unit, sizeof(unit), "%s.service", rival_facts[rival].service);
                r = sd_bus_message_append(call, "s", unit);
        }
        return r < 0 ? r : sd_bus_message_close_container(call);
}

static int ask(Rivals *rivals, sd_bus *connection)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *call = NULL;
        int r = sd_bus_message_new_method_call(connection, &call, SYSTEMD, SYSTEMD_PATH, SYSTEMD_MANAGER,
                                               "ListUnitsByNames");

        if (r < 0)
                return r;
        r = sd_bus_message_set_auto_start(call, false);
        if (r < 0)
                return r;
        r = append_units(call);
        if (r < 0)
                return r;
        rivals->reply = sd_bus_slot_unref(rivals->reply);
        return sd_bus_call_async(connection, &rivals->reply, call, on_units, rivals, 0);
}

static int on_startup_finished(sd_bus_message *signal, void *userdata, sd_bus_error *error)
{
        Rivals *rivals = userdata;

        if (peer_has_sent(&rivals->systemd, signal))
                (void)ask(rivals, sd_bus_message_get_bus(signal));
        return 0;
}

int rivals_ask(Rivals *rivals, sd_bus *connection)
{
        int r;

        rivals->finished = sd_bus_slot_unref(rivals->finished);
        r = peer_follow(&rivals->systemd, connection, SYSTEMD);
        if (r < 0)
                return r;
        /* systemd sends this to all once anybody has subscribed to its signals; logind always has. */
        r = sd_bus_match_signal_async(connection, &rivals->finished, SYSTEMD, SYSTEMD_PATH, SYSTEMD_MANAGER,
                                      "StartupFinished", on_startup_finished, NULL, rivals);
        if (r < 0)
                return r;
        return ask(rivals, connection);
}

void rivals_done(Rivals *rivals)
{
        peer_done(&rivals->systemd);
        rivals->finished = sd_bus_slot_unref(rivals->finished);
        rivals->reply = sd_bus_slot_unref(rivals->reply);
}
