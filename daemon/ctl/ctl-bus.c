/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/ctl-bus.h"

#include <errno.h>
#include <string.h>
#include <systemd/sd-bus.h>

#include "base/log.h"
#include "ctl/json.h"

#define SERVICE "org.tscwarden1"
#define DRIVER "org.freedesktop.DBus"
#define OBJECT "/org/tscwarden1"

/* tscwardend answers after one slice of its work at most. If it takes longer than this, it hangs. */
#define ANSWER_USEC (10 * UINT64_C(1000000))

struct CtlBus {
        sd_bus *bus;
        char *host;
        char *why; /* of the last answer that was not BUS_OK; NULL: there was no memory for it */

        /* For ctl_bus_watch(): */
        NewsListener listener;
        char *owner; /* the unique name of the daemon that answered last; NULL: none did */
        bool owner_changed;
};

CtlBus *ctl_bus_free(CtlBus *bus)
{
        if (bus) {
                sd_bus_close_unref(bus->bus);
                warden_state_done(&bus->listener.state);
                free(bus->host);
                free(bus->why);
                free(bus->owner);
                free(bus);
        }
        return NULL;
}

#define _cleanup_bus_error_ _cleanup_(sd_bus_error_free)
#define _cleanup_message_ _cleanup_(sd_bus_message_unrefp)

/* True if a read or write failed because ssh, or the program that it runs on the other host, has ended. */
static bool bridge_ended(int r)
{
        return r == -ECONNRESET || r == -ENOTCONN || r == -EPIPE;
}

/* Makes the message for a failed call, from `error`, or from `r` if `error` is unset. */
static BusAnswer explain(CtlBus *bus, int r, const sd_bus_error *error)
{
        const char *on = bus->host ? " on " : "", *host = bus->host ? bus->host : "";

        free(bus->why);
        if (sd_bus_error_has_name(error, SD_BUS_ERROR_SERVICE_UNKNOWN) ||
            sd_bus_error_has_name(error, SD_BUS_ERROR_NAME_HAS_NO_OWNER)) {
                bus->why = text_format("tscwardend is not running%s%s: systemctl enable --now tscwarden starts it", on,
                                       host);
                return BUS_NOT_RUNNING;
        }
        if (bus->host && bridge_ended(r))
                bus->why = text_format("Cannot reach the system bus on %s: `ssh %s systemd-stdio-bridge` has to work",
                                       host, host);
        else if (!bus->bus)
                bus->why = text_format("Cannot reach the system bus%s%s: %s", on, host, strerror(-r));
        else
                bus->why = text_format("tscwardend%s%s does not answer: %s", on, host,
                                       error->message && error->message[0] ? error->message : strerror(-r));
        return BUS_FAILED;
}

static BusAnswer failed(CtlBus *bus, int r)
{
        return explain(bus, r, &SD_BUS_ERROR_NULL);
}

CtlBus *ctl_bus_open(const char *host)
{
        _cleanup_(ctl_bus_freep) CtlBus *bus = calloc(1, sizeof(CtlBus));
        int r;

        if (!bus)
                return NULL;
        if (host) {
                bus->host = strdup(host);
                if (!bus->host)
                        return NULL;
        }
        r = host ? sd_bus_open_system_remote(&bus->bus, host) : sd_bus_open_system(&bus->bus);
        if (r < 0)
                (void)failed(bus, r);
        else
                (void)sd_bus_set_method_call_timeout(bus->bus, ANSWER_USEC);
        return TAKE_PTR(bus);
}

const char *ctl_bus_why(const CtlBus *bus)
{
        return bus && bus->why ? bus->why : "Out of memory";
}

/* The reading functions below return 0, -ENOMEM, or sd-bus's -errno if a message does not match its signature. The
 * caller owns *ret even after a failure. */

static int read_value(sd_bus_message *m, struct json_object **ret);

static int read_scalar(sd_bus_message *m, char type, struct json_object **ret)
{
        union {
                const char *text;
                int flag;
                uint32_t u32;
                uint64_t u64;
        } value;
        int r = sd_bus_message_read_basic(m, type, &value);

        if (r < 0)
                return r;
        /* The daemon sends this for a number that is not known. */
        if (type == SD_BUS_TYPE_UINT32 && value.u32 == UINT32_MAX)
                return 0;
        if (type == SD_BUS_TYPE_BOOLEAN)
                *ret = json_object_new_boolean(value.flag);
        else if (type == SD_BUS_TYPE_UINT32)
                *ret = json_object_new_int64(value.u32);
        else if (type == SD_BUS_TYPE_UINT64)
                *ret = json_object_new_uint64(value.u64);
        else
                *ret = json_string(value.text);
        return *ret ? 0 : -ENOMEM;
}

/* Reads the next pair of a dictionary. Its key is a string or an object path. */
static int read_pair(sd_bus_message *m, struct json_object **ret_key, struct json_object **ret_value)
{
        const char *contents;
        int r = sd_bus_message_peek_type(m, NULL, &contents);

        if (r < 0)
                return r;
        r = sd_bus_message_enter_container(m, SD_BUS_TYPE_DICT_ENTRY, contents);
        if (r < 0)
                return r;
        r = read_scalar(m, contents[0], ret_key);
        if (r < 0)
                return r;
        r = read_value(m, ret_value);
        return r < 0 ? r : sd_bus_message_exit_container(m);
}

/* Reads the rest of the container that has been entered: pairs into an object, other members into an array. */
static int read_members(sd_bus_message *m, struct json_object *members)
{
        bool pairs = json_object_is_type(members, json_type_object);
        int r;

        if (!members)
                return -ENOMEM;
        while ((r = sd_bus_message_at_end(m, /* complete= */ false)) == 0) {
                _cleanup_json_ struct json_object *key = NULL, *value = NULL;

                r = pairs ? read_pair(m, &key, &value) : read_value(m, &value);
                if (r < 0)
                        return r;
                r = pairs ? json_object_object_add(members, json_object_get_string(key), value) :
                            json_object_array_add(members, value);
                if (r < 0)
                        return -ENOMEM;
                value = NULL;
        }
        return r < 0 ? r : 0;
}

static int read_container(sd_bus_message *m, char type, const char *contents, struct json_object **ret)
{
        int r = sd_bus_message_enter_container(m, type, contents);

        if (r < 0)
                return r;
        if (type == SD_BUS_TYPE_VARIANT)
                r = read_value(m, ret);
        else {
                *ret = contents[0] == SD_BUS_TYPE_DICT_ENTRY_BEGIN ? json_object_new_object() : json_object_new_array();
                r = read_members(m, *ret);
        }
        return r < 0 ? r : sd_bus_message_exit_container(m);
}

/* Reads the next value of the message as JSON; *ret must be NULL. A value of a type that tscwardend does not use
 * becomes null. */
static int read_value(sd_bus_message *m, struct json_object **ret)
{
        const char *contents;
        char type;
        int r = sd_bus_message_peek_type(m, &type, &contents);

        if (r < 0)
                return r;
        switch (type) {
        case SD_BUS_TYPE_STRING:
        case SD_BUS_TYPE_OBJECT_PATH:
        case SD_BUS_TYPE_BOOLEAN:
        case SD_BUS_TYPE_UINT32:
        case SD_BUS_TYPE_UINT64:
                return read_scalar(m, type, ret);
        case SD_BUS_TYPE_ARRAY:
        case SD_BUS_TYPE_STRUCT:
        case SD_BUS_TYPE_VARIANT:
                return read_container(m, type, contents, ret);
        default:
                return sd_bus_message_skip(m, NULL);
        }
}

/* Calls a method that returns one value, of type `signature`. After BUS_OK the caller owns *ret. `argument` may be
 * NULL. */
static BusAnswer call(CtlBus *bus, const char *interface, const char *member, const char *argument,
                      const char *signature, struct json_object **ret)
{
        _cleanup_bus_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
        _cleanup_message_ sd_bus_message *reply = NULL;
        const char *sender;
        int r;

        if (!bus || !bus->bus)
                return BUS_FAILED;
        r = sd_bus_call_method(bus->bus, SERVICE, OBJECT, interface, member, &error, &reply, argument ? "s" : NULL,
                               argument);
        if (r < 0)
                return explain(bus, r, &error);
        sender = sd_bus_message_get_sender(reply);
        free(bus->owner);
        bus->owner = sender ? strdup(sender) : NULL;
        if (!bus->owner)
                return failed(bus, sender ? -ENOMEM : -EBADMSG);
        r = sd_bus_message_has_signature(reply, signature) ? read_value(reply, ret) : -EBADMSG;
        return r < 0 ? failed(bus, r) : BUS_OK;
}

BusAnswer ctl_bus_read_state(CtlBus *bus, bool with_cpus, WardenState *ret)
{
        const struct {
                const char *interface, *member, *argument, *signature;
                TakeFromBus take;
                struct json_object **ret;
        } parts[] = {
                { PROPERTIES_INTERFACE, "GetAll", MANAGER_INTERFACE, "a{sv}", manager_from_bus, &ret->manager },
                { PROPERTIES_INTERFACE, "GetAll", CLOCK_INTERFACE, "a{sv}", clock_from_bus, &ret->clock },
                { MANAGER_INTERFACE, "Events", NULL, "a(ttss)", events_from_bus, &ret->events },
                { "org.freedesktop.DBus.ObjectManager", "GetManagedObjects", NULL, "a{oa{sa{sv}}}", cpus_from_bus,
                  &ret->cpus },
        };

        for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
                _cleanup_json_ struct json_object *received = NULL;
                BusAnswer answer;

                if (parts[i].take == cpus_from_bus && !with_cpus)
                        continue;
                answer = call(bus, parts[i].interface, parts[i].member, parts[i].argument, parts[i].signature,
                              &received);
                if (answer != BUS_OK)
                        return answer;
                if (parts[i].take(received, parts[i].ret) < 0)
                        return failed(bus, -ENOMEM);
        }
        return BUS_OK;
}

BusAnswer ctl_bus_read_plan(CtlBus *bus, Steps *ret)
{
        _cleanup_json_ struct json_object *plan = NULL;
        BusAnswer answer = call(bus, MANAGER_INTERFACE, "Plan", NULL, "a(ssssss)", &plan);

        if (answer != BUS_OK)
                return answer;
        return steps_from_bus(plan, ret) < 0 ? failed(bus, -ENOMEM) : BUS_OK;
}

int ctl_bus_read_clock(CtlBus *bus, uint64_t *ret_usec)
{
        return sd_bus_get_property_trivial(bus->bus, "org.freedesktop.timedate1", "/org/freedesktop/timedate1",
                                           "org.freedesktop.timedate1", "TimeUSec", NULL, 't', ret_usec);
}

/* Compares the sender with the name's owner. Any client can send a signal to any other one, and sd-bus does not make
 * this comparison when it matches signals. */
static bool is_from(sd_bus_message *m, const char *unique_name)
{
        const char *sender = sd_bus_message_get_sender(m);

        return sender && unique_name && strcmp(sender, unique_name) == 0;
}

static int on_signal(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
        _cleanup_json_ struct json_object *arguments = json_object_new_array();
        CtlBus *bus = userdata;
        int r;

        if (!is_from(m, bus->owner))
                return 0;
        r = read_members(m, arguments);
        if (r < 0)
                return r == -ENOMEM ? r : 0;
        return news_from_signal(&bus->listener,
                                &(BusSignal) { sd_bus_message_get_interface(m), sd_bus_message_get_member(m),
                                               sd_bus_message_get_signature(m, /* complete= */ true), arguments });
}

static int on_owner_changed(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
        CtlBus *bus = userdata;

        if (is_from(m, DRIVER))
                bus->owner_changed = true;
        return 0;
}

static BusAnswer report_whole_state(CtlBus *bus)
{
        WardenState *state = &bus->listener.state;
        BusAnswer answer;

        warden_state_done(state);
        free(bus->owner);
        bus->owner = NULL;
        answer = ctl_bus_read_state(bus, /* with_cpus= */ false, state);
        if (answer != BUS_FAILED)
                news_report(&bus->listener,
                            &(News) { .kind = answer == BUS_OK ? NEWS_STARTED : NEWS_STOPPED, .state = state });
        return answer;
}

BusAnswer ctl_bus_watch(CtlBus *bus, NewsHandler handler, void *userdata)
{
        BusAnswer answer;
        int r;

        if (!bus || !bus->bus)
                return BUS_FAILED;
        r = sd_bus_add_match(bus->bus, NULL, "type='signal',sender='" SERVICE "',path='" OBJECT "'", on_signal, bus);
        if (r < 0)
                return failed(bus, r);
        r = sd_bus_add_match(bus->bus, NULL,
                             "type='signal',sender='" DRIVER "',member='NameOwnerChanged',arg0='" SERVICE "'",
                             on_owner_changed, bus);
        if (r < 0)
                return failed(bus, r);
        bus->listener.handler = handler;
        bus->listener.userdata = userdata;

        answer = report_whole_state(bus);
        while (answer != BUS_FAILED && !bus->listener.enough) {
                r = sd_bus_process(bus->bus, NULL);
                if (bus->owner_changed) {
                        bus->owner_changed = false;
                        answer = report_whole_state(bus);
                        continue;
                }
                if (r == 0)
                        r = sd_bus_wait(bus->bus, UINT64_MAX);
                if (r < 0)
                        return failed(bus, r);
        }
        return bus->listener.enough ? BUS_OK : answer;
}
