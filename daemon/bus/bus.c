/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bus/bus.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/time.h"
#include "bus/bus-connection.h"
#include "bus/bus-internal.h"
#include "manager/view.h"

#define BUS_NAME "org.tscwarden1"
#define RECONNECT_USEC 1000000
#define RETRY_MAX_SEC 600
/* Calls are handled one after the other for so long before all else gets its turn. */
#define TURN_USEC 1000

/* Answers of RequestName (D-Bus specification). */
#define NAME_PRIMARY_OWNER 1
#define NAME_ALREADY_OWNER 4

static void bus_drop_connection(Bus *bus)
{
        if (!bus->connection)
                return;
        callers_done(&bus->callers);
        look_calls_done(&bus->look_calls);
        look_calls_done(&bus->user_calls);
        bus_objects_done(bus);
        polkit_done(&bus->polkit);
        peer_done(&bus->logind);
        rivals_done(&bus->rivals);
        bus->waiting = sd_bus_message_unref(bus->waiting);
        (void)sd_bus_detach_event(bus->connection);
        bus->connection = sd_bus_close_unref(bus->connection);
}

static void bus_retry_in(Bus *bus, uint64_t usec)
{
        (void)sd_event_source_set_time_relative(bus->retry_timer, usec);
        (void)sd_event_source_set_enabled(bus->retry_timer, SD_EVENT_ONESHOT);
}

static void bus_retry_later(Bus *bus)
{
        bus_retry_in(bus, bus->retry_sec * UINT64_C(1000000));
        bus->retry_sec = bus->retry_sec < RETRY_MAX_SEC / 2 ? bus->retry_sec * 2 : RETRY_MAX_SEC;
}

static void bus_on_name_refused(Bus *bus, const char *why)
{
        if (!bus->refusal_logged)
                log_message(LOG_WARNING,
                            "The bus does not give us the name " BUS_NAME ", so nobody can ask for the "
                            "state there, and this is tried again from time to time: %s",
                            why);
        bus->refusal_logged = true;
        bus_retry_later(bus);
}

static int bus_on_name(sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        const sd_bus_error *refusal = sd_bus_message_get_error(reply);
        Bus *bus = userdata;
        uint32_t answer = 0;

        /* The connection is closing; the reconnection that follows asks for the name again. */
        if (sd_bus_is_open(bus->connection) <= 0)
                return 0;
        if (refusal) {
                bus_on_name_refused(bus, refusal->message ? refusal->message : refusal->name);
                return 0;
        }
        (void)sd_bus_message_read(reply, "u", &answer);
        if (answer != NAME_PRIMARY_OWNER && answer != NAME_ALREADY_OWNER) {
                bus_on_name_refused(bus, "another process has it.");
                return 0;
        }
        if (bus->refusal_logged)
                log_message(LOG_NOTICE, "The bus has given us the name " BUS_NAME ".");
        bus->refusal_logged = false;
        bus->retry_sec = 1;
        return 0;
}

static void bus_request_name(Bus *bus)
{
        int r = sd_bus_request_name_async(bus->connection, NULL, BUS_NAME, 0, bus_on_name, bus);

        if (r < 0)
                bus_on_name_refused(bus, strerror(-r));
}

static int bus_on_connected(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        Bus *bus = userdata;
        int r = bus_watch_resume(bus);

        if (r >= 0)
                r = rivals_ask(&bus->rivals, bus->connection);
        if (r < 0)
                (void)log_error_errno(r, "Cannot listen to systemd and systemd-logind");
        /* sd-bus leaves its tree of matches half changed then, and the next message would end the daemon (bus-match.c
         * of systemd 252, bus_match_run(): assertion node->child). */
        if (r == -ENOMEM) {
                bus_drop_connection(bus);
                bus_retry_later(bus);
                return 0;
        }
        bus_request_name(bus);
        return 0;
}

static int bus_on_disconnected(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        bus_retry_in(userdata, RECONNECT_USEC);
        return 0;
}

static int bus_match_local(Bus *bus, const char *signal, sd_bus_message_handler_t handler)
{
        static const char local[] = "org.freedesktop.DBus.Local";

        return sd_bus_match_signal(bus->connection, NULL, local, NULL, local, signal, handler, bus);
}

static void bus_on_user(void *userdata)
{
        Bus *bus = userdata;

        look_calls_release(&bus->user_calls, bus->connection);
}

/* Changes are told before further calls are read, and neither calls nor answers pile up. */
static bool may_read_on(Bus *bus)
{
        uint64_t n_unsent = 0;

        return sd_event_source_get_enabled(bus->tell_source, NULL) <= 0 && bus->n_objects == 0 &&
               bus->look_calls.n == 0 && sd_bus_get_n_queued_write(bus->connection, &n_unsent) >= 0 && n_unsent == 0;
}

/* Handles the calls that have come already: a turn of the event loop costs twice as much as a small call. */
static int bus_on_more(sd_event_source *source, void *userdata)
{
        Bus *bus = userdata;
        uint64_t until = time_usec(CLOCK_MONOTONIC) + TURN_USEC;
        int r = 1;

        /* A handler may drop the connection. sd-bus's own source meets an error again and closes the connection. */
        while (r > 0 && bus->connection && may_read_on(bus) && time_usec(CLOCK_MONOTONIC) < until)
                r = sd_bus_process(bus->connection, NULL);
        return 0;
}

static int bus_on_message(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
        Bus *bus = userdata;
        ManagerView view;
        uint64_t now;
        int r;

        if (sd_bus_message_is_method_call(message, NULL, NULL) <= 0)
                return 0;
        if (look_calls_take(&bus->look_calls, message))
                return bus_objects_begin(bus, message);
        (void)sd_event_source_set_enabled(bus->more_source, SD_EVENT_ONESHOT);
        (void)look_calls_take(&bus->user_calls, message);
        manager_get_view(bus->manager, &view);
        (void)sd_event_now(bus->event, CLOCK_MONOTONIC, &now);
        r = callers_admit(&bus->callers, message, cpuset_count(view.present_cpus), now);
        if (r == CALLERS_WAIT)
                return look_calls_add(&bus->user_calls, message) == 0;
        if (r != CALLERS_ADMITTED)
                return 1;
        if (!look_calls_concern(message) || !manager_prepare_look(bus->manager))
                return bus_objects_begin(bus, message);
        /* Without memory the host is read while the others wait. */
        return look_calls_add(&bus->look_calls, message) == 0;
}

/* Prepares bus->connection, which is open but not started. 0 or -errno. */
static int bus_add_objects(Bus *bus)
{
        int r;

        bus->callers = (Callers) { .on_user = bus_on_user, .userdata = bus };
        r = bus_match_local(bus, "Connected", bus_on_connected);
        if (r < 0)
                return r;
        r = bus_match_local(bus, "Disconnected", bus_on_disconnected);
        if (r < 0)
                return r;
        r = sd_bus_add_filter(bus->connection, NULL, bus_on_message, bus);
        if (r < 0)
                return r;
        r = bus_add_manager(bus);
        if (r < 0)
                return r;
        r = bus_add_clock(bus);
        if (r < 0)
                return r;
        r = bus_add_cpus(bus);
        if (r < 0)
                return r;
        return bus_add_log_control(bus);
}

static int bus_connect(Bus *bus)
{
        int r;

        r = bus_open_system(&bus->connection);
        if (r < 0)
                return r;
        r = sd_bus_set_description(bus->connection, "system-bus");
        if (r < 0)
                return r;
        r = sd_bus_set_watch_bind(bus->connection, true);
        if (r < 0)
                return r;
        r = sd_bus_set_connected_signal(bus->connection, true);
        if (r < 0)
                return r;
        r = bus_add_objects(bus);
        if (r < 0)
                return r;
        r = sd_bus_start(bus->connection);
        if (r < 0)
                return r;
        return sd_bus_attach_event(bus->connection, bus->event, BUS_PRIORITY);
}

static void bus_try_to_connect(Bus *bus)
{
        int r = bus_connect(bus);

        if (r >= 0)
                return;
        (void)log_error_errno(r, "Cannot connect to the bus, trying again");
        bus_drop_connection(bus);
        bus_retry_later(bus);
}

static int bus_on_retry(sd_event_source *source, uint64_t usec, void *userdata)
{
        Bus *bus = userdata;

        if (bus->connection && sd_bus_is_open(bus->connection) > 0) {
                bus_request_name(bus);
                return 0;
        }
        bus_drop_connection(bus);
        bus_try_to_connect(bus);
        return 0;
}

static int bus_on_tell(sd_event_source *source, void *userdata)
{
        Bus *bus = userdata;

        bus_update_manager(bus);
        bus_update_clock(bus);
        bus_update_cpus(bus);
        return 0;
}

static void bus_on_stopping(Bus *bus)
{
        bus_answer_waiting(bus, /* stopping= */ true);
        if (stop_job_new(bus->event, bus->manager, &bus->stop_job) < 0)
                manager_on_stop_job(bus->manager, false);
}

static void bus_on_change(Manager *manager, const ManagerNews *news, void *userdata)
{
        Bus *bus = userdata;

        if (news->change == MANAGER_LOOK_READY) {
                if (bus->connection)
                        look_calls_release(&bus->look_calls, bus->connection);
                bus_objects_go_on(bus);
                return;
        }

        if (news->clock)
                bus_signal_clock(bus, news->clock);
        if (news->drift)
                bus_signal_drift(bus, news->drift);
        if (news->change == MANAGER_CHANGED_IDLE)
                bus_answer_waiting(bus, /* stopping= */ false);
        (void)sd_event_source_set_enabled(bus->tell_source, SD_EVENT_ONESHOT);
        if (news->change == MANAGER_CHANGED_STOPPING)
                bus_on_stopping(bus);
}

static int bus_add_sources(Bus *bus)
{
        int r = sd_event_add_time(bus->event, &bus->retry_timer, CLOCK_MONOTONIC, 0, 0, bus_on_retry, bus);

        if (r < 0)
                return r;
        r = sd_event_source_set_enabled(bus->retry_timer, SD_EVENT_OFF);
        if (r < 0)
                return r;
        r = sd_event_source_set_description(bus->retry_timer, "bus-retry");
        if (r < 0)
                return r;
        r = sd_event_add_defer(bus->event, &bus->tell_source, bus_on_tell, bus);
        if (r < 0)
                return r;
        /* Changes are sent before the next call is read, so its caller does not see older values than the receivers of
         * the signal. */
        r = sd_event_source_set_priority(bus->tell_source, SD_EVENT_PRIORITY_IMPORTANT);
        if (r < 0)
                return r;
        r = sd_event_source_set_description(bus->tell_source, "bus-tell");
        if (r < 0)
                return r;
        r = sd_event_add_defer(bus->event, &bus->more_source, bus_on_more, bus);
        if (r < 0)
                return r;
        r = sd_event_source_set_enabled(bus->more_source, SD_EVENT_OFF);
        if (r < 0)
                return r;
        r = sd_event_source_set_priority(bus->more_source, BUS_PRIORITY);
        if (r < 0)
                return r;
        return sd_event_source_set_description(bus->more_source, "bus-more");
}

int bus_new(sd_event *event, Manager *manager, const char *version, Bus **ret)
{
        _cleanup_(bus_freep) Bus *bus = malloc(sizeof(*bus));
        int r;

        if (!bus)
                return -ENOMEM;
        *bus = (Bus) { .event = sd_event_ref(event), .manager = manager, .retry_sec = 1 };
        bus->rivals.manager = manager;
        bus->manager_object = (ManagerObject) { .bus = bus, .version = version };
        r = bus_add_sources(bus);
        if (r < 0)
                return r;
        bus_try_to_connect(bus);
        manager_set_observer(manager, bus_on_change, bus);
        *ret = TAKE_PTR(bus);
        return 0;
}

Bus *bus_free(Bus *bus)
{
        manager_set_observer(bus->manager, NULL, NULL);
        if (bus->stop_job)
                stop_job_free(bus->stop_job);
        bus_drop_connection(bus);
        bus->retry_timer = sd_event_source_disable_unref(bus->retry_timer);
        bus->tell_source = sd_event_source_disable_unref(bus->tell_source);
        bus->more_source = sd_event_source_disable_unref(bus->more_source);
        bus_done_manager(bus);
        bus_done_clock(bus);
        cpuset_done(&bus->cpus);
        free(bus->steps);
        sd_event_unref(bus->event);
        free(bus);
        return NULL;
}
