/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/ctl-bus.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <systemd/sd-bus.h>

#include "base/log.h"

#define SERVICE "org.tscwarden1"
#define DRIVER "org.freedesktop.DBus"
#define OBJECT "/org/tscwarden1"
#define MANAGER_INTERFACE "org.tscwarden1.Manager"
#define CLOCK_INTERFACE "org.tscwarden1.Clock"
#define CPU_INTERFACE "org.tscwarden1.Cpu"

/* The daemon answers within a slice of its work; what takes longer hangs. */
#define ANSWER_USEC (10 * UINT64_C(1000000))

struct CtlBus {
        sd_bus *bus;
        char *host;

        /* ctl_bus_watch() */
        NewsHandler handler;
        void *userdata;
        WardenState state;
        char *owner; /* the daemon's unique name when it was last asked; NULL: none */
        bool owner_changed;
        bool enough; /* the handler wants no more */
};

CtlBus *ctl_bus_free(CtlBus *bus)
{
        if (bus) {
                sd_bus_close_unref(bus->bus);
                warden_state_done(&bus->state);
                free(bus->host);
                free(bus->owner);
                free(bus);
        }
        return NULL;
}

static void bus_error_freep(sd_bus_error *error)
{
        sd_bus_error_free(error);
}
#define _cleanup_bus_error_ _cleanup_(bus_error_freep)

static void message_unrefp(sd_bus_message **message)
{
        sd_bus_message_unref(*message);
}
#define _cleanup_message_ _cleanup_(message_unrefp)

/* ssh, or what it runs, is gone: noticed at the first bytes written to it or at the first read. */
static bool bridge_ended(int r)
{
        return r == -ECONNRESET || r == -ENOTCONN || r == -EPIPE;
}

/* What a failed call says to people. `error` may be unset: then `r` is all there is. */
static BusAnswer explain(const CtlBus *bus, int r, const sd_bus_error *error, char **ret_why)
{
        const char *on = bus->host ? " on " : "", *host = known(bus->host);
        _cleanup_free_ char *text = text_escape_again(known(error->message));
        char *why = NULL;

        if (sd_bus_error_has_name(error, SD_BUS_ERROR_SERVICE_UNKNOWN) ||
            sd_bus_error_has_name(error, SD_BUS_ERROR_NAME_HAS_NO_OWNER)) {
                r = asprintf(&why, "tscwardend is not running%s%s: systemctl enable --now tscwarden starts it", on,
                             host);
                *ret_why = r < 0 ? NULL : why;
                return BUS_NOT_RUNNING;
        }
        if (bus->host && bridge_ended(r))
                r = asprintf(&why, "Cannot reach the system bus on %s: `ssh %s systemd-stdio-bridge` has to work", host,
                             host);
        else if (text && text[0])
                r = asprintf(&why, "tscwardend%s%s does not answer: %s", on, host, text);
        else
                r = asprintf(&why, "tscwardend%s%s does not answer: %s", on, host, strerror(-r));
        *ret_why = r < 0 ? NULL : why;
        return BUS_FAILED;
}

static int open_bus(const char *host, sd_bus **ret)
{
        sd_bus *bus;
        int r = host ? sd_bus_open_system_remote(&bus, host) : sd_bus_open_system(&bus);

        if (r < 0)
                return r;
        (void)sd_bus_set_method_call_timeout(bus, ANSWER_USEC);
        *ret = bus;
        return 0;
}

BusAnswer ctl_bus_open(const char *host, CtlBus **ret, char **ret_why)
{
        _cleanup_(ctl_bus_freep) CtlBus *bus = calloc(1, sizeof(CtlBus));
        int r = -ENOMEM;

        if (bus && host)
                bus->host = text_escape(host);
        if (bus && (!host || bus->host))
                r = open_bus(host, &bus->bus);
        if (r < 0) {
                char *why = NULL;

                if (host && bus && bridge_ended(r))
                        return explain(bus, r, &SD_BUS_ERROR_NULL, ret_why);
                *ret_why = asprintf(&why, "Cannot reach the system bus%s%s: %s", host ? " on " : "",
                                    bus ? known(bus->host) : "", strerror(-r)) < 0 ?
                                   NULL :
                                   why;
                return BUS_FAILED;
        }
        *ret = TAKE_PTR(bus);
        return BUS_OK;
}

/* The reading functions below return 0, -ENOMEM, or sd-bus's -errno of a message that is not what its signature says. */

static int read_string(sd_bus_message *m, char **ret)
{
        const char *text;
        int r = sd_bus_message_read_basic(m, 's', &text);
        char *safe;

        if (r < 0)
                return r;
        safe = text_escape_again(text);
        if (!safe)
                return -ENOMEM;
        *ret = safe;
        return 0;
}

static int read_bool(sd_bus_message *m, bool *ret)
{
        int value, r = sd_bus_message_read_basic(m, 'b', &value);

        if (r >= 0)
                *ret = value;
        return r < 0 ? r : 0;
}

/* A further, empty element; the array is the caller's. */
static int grow(void *entries, size_t *n, size_t size)
{
        void *more = reallocarray(*(void **)entries, *n + 1, size);

        if (!more)
                return -ENOMEM;
        memset((char *)more + *n * size, 0, size);
        *(void **)entries = more;
        (*n)++;
        return 0;
}

static int read_word(sd_bus_message *m, void *value)
{
        Words *words = value;
        int r = grow(&words->entries, &words->n, sizeof(*words->entries));

        return r < 0 ? r : read_string(m, &words->entries[words->n - 1]);
}

static int read_count(sd_bus_message *m, void *value)
{
        Counts *counts = value;
        int r = sd_bus_message_enter_container(m, 'e', "st");

        if (r >= 0)
                r = grow(&counts->entries, &counts->n, sizeof(*counts->entries));
        if (r >= 0)
                r = read_string(m, &counts->entries[counts->n - 1].name);
        if (r >= 0)
                r = sd_bus_message_read_basic(m, 't', &counts->entries[counts->n - 1].value);
        return r < 0 ? r : sd_bus_message_exit_container(m);
}

static int read_idle_state(sd_bus_message *m, void *value)
{
        IdleInfos *states = value;
        IdleInfo *state;
        int r = sd_bus_message_enter_container(m, 'r', "usubb");

        if (r >= 0)
                r = grow(&states->entries, &states->n, sizeof(*states->entries));
        if (r < 0)
                return r;
        state = &states->entries[states->n - 1];
        r = sd_bus_message_read_basic(m, 'u', &state->index);
        if (r >= 0)
                r = read_string(m, &state->name);
        if (r >= 0)
                r = sd_bus_message_read_basic(m, 'u', &state->latency_usec);
        if (r >= 0)
                r = read_bool(m, &state->disabled);
        if (r >= 0)
                r = read_bool(m, &state->wanted_disabled);
        return r < 0 ? r : sd_bus_message_exit_container(m);
}

/* The elements at hand go to read(m, value), one by one. */
static int read_array(sd_bus_message *m, const char *element, int (*read)(sd_bus_message *m, void *value), void *value)
{
        int r = sd_bus_message_enter_container(m, 'a', element);

        while (r >= 0 && (r = sd_bus_message_at_end(m, false)) == 0)
                r = read(m, value);
        return r < 0 ? r : sd_bus_message_exit_container(m);
}

static const char *const signatures[] = {
        [PROPERTY_BOOL] = "b",   [PROPERTY_U32] = "u",        [PROPERTY_U64] = "t",         [PROPERTY_STRING] = "s",
        [PROPERTY_WORDS] = "as", [PROPERTY_COUNTS] = "a{st}", [PROPERTY_IDLE] = "a(usubb)",
};

static int read_value(sd_bus_message *m, PropertyType type, void *value)
{
        switch (type) {
        case PROPERTY_BOOL:
                return read_bool(m, value);
        case PROPERTY_U32:
        case PROPERTY_U64:
                return sd_bus_message_read_basic(m, signatures[type][0], value);
        case PROPERTY_STRING:
                return read_string(m, value);
        case PROPERTY_WORDS:
                return read_array(m, "s", read_word, value);
        case PROPERTY_COUNTS:
                return read_array(m, "{st}", read_count, value);
        case PROPERTY_IDLE:
                return read_array(m, "(usubb)", read_idle_state, value);
        }
        return -EINVAL;
}

typedef struct Destination {
        const PropertyTable *table;
        void *object;
        CtlBus *watcher; /* told of what differs; NULL for nobody */
} Destination;

static void tell(CtlBus *bus, const News *news)
{
        if (!bus->enough && !bus->handler(news, bus->userdata))
                bus->enough = true;
}

static int read_known_property(sd_bus_message *m, const Destination *to, unsigned i)
{
        const Property *property = &to->table->entries[i];
        _cleanup_free_ char *old = NULL, *new = NULL;
        int r;

        if (to->watcher) {
                old = property_format(property, to->object);
                if (!old)
                        return -ENOMEM;
        }
        r = sd_bus_message_enter_container(m, 'v', signatures[property->type]);
        if (r < 0)
                return r;
        property_clear(to->table, i, to->object);
        r = read_value(m, property->type, (char *)to->object + property->offset);
        if (r < 0)
                return r;
        if (property->type != PROPERTY_U32 ||
            *(uint32_t *)((char *)to->object + property->offset) != PROPERTY_U32_UNKNOWN)
                *(Present *)to->object |= UINT64_C(1) << i;
        if (old) {
                new = property_format(property, to->object);
                if (!new)
                        return -ENOMEM;
                if (strcmp(old, new) != 0)
                        tell(to->watcher, &(News) { NEWS_PROPERTY, { property->name, old, new }, &to->watcher->state });
        }
        return sd_bus_message_exit_container(m);
}

/* {sv}; what a newer daemon has more, or has in another type, is left out. */
static int read_property(sd_bus_message *m, void *value)
{
        const Destination *to = value;
        const char *name, *contents;
        int i, r = sd_bus_message_enter_container(m, 'e', "sv");

        if (r >= 0)
                r = sd_bus_message_read_basic(m, 's', &name);
        if (r >= 0)
                r = sd_bus_message_peek_type(m, NULL, &contents);
        if (r < 0)
                return r;
        i = property_find(to->table, name);
        if (i >= 0 && strcmp(contents, signatures[to->table->entries[i].type]) == 0)
                r = read_known_property(m, to, i);
        else
                r = sd_bus_message_skip(m, "v");
        return r < 0 ? r : sd_bus_message_exit_container(m);
}

static int read_properties(sd_bus_message *m, const PropertyTable *table, void *object, CtlBus *watcher)
{
        return read_array(m, "{sv}", read_property, &(Destination) { table, object, watcher });
}

static BusAnswer call(CtlBus *bus, const char *interface, const char *member, const char *argument,
                      sd_bus_message **ret, char **ret_why)
{
        _cleanup_bus_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
        int r = sd_bus_call_method(bus->bus, SERVICE, OBJECT, interface, member, &error, ret, argument ? "s" : NULL,
                                   argument);

        return r < 0 ? explain(bus, r, &error, ret_why) : BUS_OK;
}

static BusAnswer understand(const CtlBus *bus, int r, char **ret_why)
{
        return r < 0 ? explain(bus, r, &SD_BUS_ERROR_NULL, ret_why) : BUS_OK;
}

static BusAnswer read_all(CtlBus *bus, const char *interface, const PropertyTable *table, void *object, char **ret_why)
{
        _cleanup_message_ sd_bus_message *reply = NULL;
        BusAnswer answer = call(bus, "org.freedesktop.DBus.Properties", "GetAll", interface, &reply, ret_why);

        return answer != BUS_OK ? answer : understand(bus, read_properties(reply, table, object, NULL), ret_why);
}

static int read_interface(sd_bus_message *m, void *value)
{
        WardenState *state = value;
        const char *name;
        int r = sd_bus_message_enter_container(m, 'e', "sa{sv}");

        if (r >= 0)
                r = sd_bus_message_read_basic(m, 's', &name);
        if (r >= 0 && strcmp(name, CPU_INTERFACE) == 0) {
                r = grow(&state->cpus, &state->n_cpus, sizeof(*state->cpus));
                if (r >= 0)
                        r = read_properties(m, &cpu_properties, &state->cpus[state->n_cpus - 1], NULL);
        } else if (r >= 0)
                r = sd_bus_message_skip(m, "a{sv}");
        return r < 0 ? r : sd_bus_message_exit_container(m);
}

static int read_object(sd_bus_message *m, void *value)
{
        int r = sd_bus_message_enter_container(m, 'e', "oa{sa{sv}}");

        if (r >= 0)
                r = sd_bus_message_skip(m, "o");
        if (r >= 0)
                r = read_array(m, "{sa{sv}}", read_interface, value);
        return r < 0 ? r : sd_bus_message_exit_container(m);
}

static int read_event(sd_bus_message *m, void *value)
{
        WardenState *state = value;
        EventInfo *event;
        int r = grow(&state->events, &state->n_events, sizeof(*state->events));

        if (r < 0)
                return r;
        event = &state->events[state->n_events - 1];
        r = sd_bus_message_enter_container(m, 'r', "ttss");
        if (r >= 0)
                r = sd_bus_message_read(m, "tt", &event->realtime_usec, &event->monotonic_usec);
        if (r >= 0)
                r = read_string(m, &event->name);
        if (r >= 0)
                r = read_string(m, &event->text);
        return r < 0 ? r : sd_bus_message_exit_container(m);
}

static int cpu_compare(const void *a, const void *b)
{
        const CpuInfo *left = a, *right = b;

        return (left->id > right->id) - (left->id < right->id);
}

static BusAnswer read_cpus(CtlBus *bus, WardenState *state, char **ret_why)
{
        _cleanup_message_ sd_bus_message *reply = NULL;
        BusAnswer answer = call(bus, "org.freedesktop.DBus.ObjectManager", "GetManagedObjects", NULL, &reply, ret_why);

        if (answer == BUS_OK)
                answer = understand(bus, read_array(reply, "{oa{sa{sv}}}", read_object, state), ret_why);
        if (answer != BUS_OK)
                return answer;
        if (state->n_cpus > 0)
                qsort(state->cpus, state->n_cpus, sizeof(*state->cpus), cpu_compare);
        state->cpus_known = true;
        return BUS_OK;
}

static BusAnswer read_events(CtlBus *bus, WardenState *state, char **ret_why)
{
        _cleanup_message_ sd_bus_message *reply = NULL;
        BusAnswer answer = call(bus, MANAGER_INTERFACE, "Events", NULL, &reply, ret_why);

        if (answer == BUS_OK)
                answer = understand(bus, read_array(reply, "(ttss)", read_event, state), ret_why);
        state->events_known = answer == BUS_OK;
        return answer;
}

BusAnswer ctl_bus_read_state(CtlBus *bus, bool with_cpus, WardenState *ret, char **ret_why)
{
        BusAnswer answer = read_all(bus, MANAGER_INTERFACE, &manager_properties, &ret->manager, ret_why);

        if (answer == BUS_OK)
                answer = read_all(bus, CLOCK_INTERFACE, &clock_properties, &ret->clock, ret_why);
        if (answer == BUS_OK)
                answer = read_events(bus, ret, ret_why);
        if (answer == BUS_OK && with_cpus)
                answer = read_cpus(bus, ret, ret_why);
        return answer;
}

static int read_step(sd_bus_message *m, void *value)
{
        const char *words[6];
        int r = sd_bus_message_enter_container(m, 'r', "ssssss");

        for (unsigned i = 0; r >= 0 && i < ARRAY_SIZE(words); i++)
                r = sd_bus_message_read_basic(m, 's', &words[i]);
        if (r >= 0)
                r = steps_add(value, words);
        return r < 0 ? r : sd_bus_message_exit_container(m);
}

BusAnswer ctl_bus_read_plan(CtlBus *bus, Steps *ret, char **ret_why)
{
        _cleanup_message_ sd_bus_message *reply = NULL;
        BusAnswer answer = call(bus, MANAGER_INTERFACE, "Plan", NULL, &reply, ret_why);

        return answer != BUS_OK ? answer : understand(bus, read_array(reply, "(ssssss)", read_step, ret), ret_why);
}

static int read_as_text(sd_bus_message *m, char type, char **ret)
{
        uint32_t number;
        bool flag;
        int r;

        if (type == 's')
                return read_string(m, ret);
        if (type == 'b') {
                r = read_bool(m, &flag);
                if (r >= 0)
                        *ret = strdup(flag ? "yes" : "no");
        } else {
                r = sd_bus_message_read_basic(m, type, &number);
                /* With a precision of 0 a 0 is no digit at all. */
                if (r >= 0 && asprintf(ret, "%.0" PRIu32, number) < 0)
                        *ret = NULL;
        }
        return r < 0 ? r : *ret ? 0 : -ENOMEM;
}

/* A signal whose arguments, of these types, are the news' words in their order. */
static int tell_signal(CtlBus *bus, sd_bus_message *m, NewsKind kind, const char *types)
{
        char *words[NEWS_WORDS_MAX] = {};
        News news = { .kind = kind, .state = &bus->state };
        int r = 0;

        for (unsigned i = 0; r >= 0 && types[i]; i++) {
                r = read_as_text(m, types[i], &words[i]);
                news.words[i] = words[i];
        }
        if (r >= 0)
                tell(bus, &news);
        for (unsigned i = 0; i < NEWS_WORDS_MAX; i++)
                free(words[i]);
        return r < 0 ? r : 0;
}

/* The bus hands any client's signal to any other one, and sd-bus's match does not compare the sender with a name's owner. */
static bool is_from(sd_bus_message *m, const char *unique_name)
{
        const char *sender = sd_bus_message_get_sender(m);

        return sender && unique_name && strcmp(sender, unique_name) == 0;
}

static int on_signal(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
        CtlBus *bus = userdata;
        const char *interface;
        int r = 0;

        if (!is_from(m, bus->owner))
                return 0;
        if (sd_bus_message_is_signal(m, CLOCK_INTERFACE, "VerdictChanged"))
                r = tell_signal(bus, m, NEWS_VERDICT, "ssss");
        else if (sd_bus_message_is_signal(m, CLOCK_INTERFACE, "ClocksourceChanged"))
                r = tell_signal(bus, m, NEWS_CLOCKSOURCE, "ss");
        else if (sd_bus_message_is_signal(m, MANAGER_INTERFACE, "Drift"))
                r = tell_signal(bus, m, NEWS_DRIFT, "ssssusb");
        else if (sd_bus_message_is_signal(m, "org.freedesktop.DBus.Properties", "PropertiesChanged")) {
                r = sd_bus_message_read_basic(m, 's', &interface);
                if (r >= 0 && strcmp(interface, MANAGER_INTERFACE) == 0)
                        r = read_properties(m, &manager_properties, &bus->state.manager, bus);
                else if (r >= 0 && strcmp(interface, CLOCK_INTERFACE) == 0)
                        r = read_properties(m, &clock_properties, &bus->state.clock, bus);
        }
        /* A signal that is not as agreed tells nothing; the next one may. */
        return r == -ENOMEM ? r : 0;
}

static int on_owner_changed(sd_bus_message *m, void *userdata, sd_bus_error *error)
{
        CtlBus *bus = userdata;

        if (is_from(m, DRIVER))
                bus->owner_changed = true;
        return 0;
}

/* Of the one that has just answered, or who has taken its place: then the bus says next that the owner has changed. */
static BusAnswer read_owner(CtlBus *bus, char **ret_why)
{
        _cleanup_message_ sd_bus_message *reply = NULL;
        _cleanup_bus_error_ sd_bus_error error = SD_BUS_ERROR_NULL;
        const char *owner;
        int r = sd_bus_call_method(bus->bus, DRIVER, "/org/freedesktop/DBus", DRIVER, "GetNameOwner", &error, &reply,
                                   "s", SERVICE);

        if (r >= 0)
                r = sd_bus_message_read_basic(reply, 's', &owner);
        if (r < 0)
                return explain(bus, r, &error, ret_why);
        bus->owner = strdup(owner);
        return bus->owner ? BUS_OK : understand(bus, -ENOMEM, ret_why);
}

static BusAnswer tell_whole_state(CtlBus *bus, char **ret_why)
{
        BusAnswer answer;

        warden_state_done(&bus->state);
        free(bus->owner);
        bus->owner = NULL;
        answer = ctl_bus_read_state(bus, /* with_cpus= */ false, &bus->state, ret_why);
        if (answer == BUS_OK)
                answer = read_owner(bus, ret_why);
        if (answer == BUS_NOT_RUNNING) {
                free(*ret_why);
                *ret_why = NULL;
        }
        if (answer != BUS_FAILED)
                tell(bus, &(News) { .kind = answer == BUS_OK ? NEWS_STARTED : NEWS_STOPPED, .state = &bus->state });
        return answer;
}

BusAnswer ctl_bus_watch(CtlBus *bus, NewsHandler handler, void *userdata, char **ret_why)
{
        BusAnswer answer;
        int r = sd_bus_add_match(bus->bus, NULL, "type='signal',sender='" SERVICE "',path='" OBJECT "'", on_signal,
                                 bus);

        if (r >= 0)
                r = sd_bus_add_match(bus->bus, NULL,
                                     "type='signal',sender='org.freedesktop.DBus',"
                                     "member='NameOwnerChanged',arg0='" SERVICE "'",
                                     on_owner_changed, bus);
        if (r < 0)
                return understand(bus, r, ret_why);
        bus->handler = handler;
        bus->userdata = userdata;

        answer = tell_whole_state(bus, ret_why);
        while (answer != BUS_FAILED && !bus->enough) {
                r = sd_bus_process(bus->bus, NULL);
                if (bus->owner_changed) {
                        bus->owner_changed = false;
                        answer = tell_whole_state(bus, ret_why);
                } else if (r < 0 || (r == 0 && (r = sd_bus_wait(bus->bus, UINT64_MAX)) < 0))
                        answer = understand(bus, r, ret_why);
        }
        return bus->enough ? BUS_OK : answer;
}
