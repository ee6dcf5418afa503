/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Answers GetManagedObjects and Plan slice by slice: about 4096 CPUs the answer would be put together in one event.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "bus/bus-internal.h"
#include "manager/manager.h"
#include "manager/view.h"
#include "model/snapshot.h"

/* So many CPUs are described between two looks at the event loop: 2 to 3 ms. */
#define SLICE_CPUS 128

/* A call whose answer is being put together. */
typedef struct ObjectsCall {
        sd_bus_message *call, *reply;
        const char *type; /* of the elements of the answer */
        BusAppend append;
        size_t next;        /* where the next slice begins */
        uint64_t look_usec; /* which look the answer has begun with */
} ObjectsCall;

static void drop_first(Bus *bus)
{
        sd_bus_message_unref(bus->objects[0].call);
        sd_bus_message_unref(bus->objects[0].reply);
        memmove(&bus->objects[0], &bus->objects[1], (--bus->n_objects) * sizeof(ObjectsCall));
}

/* The CPUs' own state may be of several looks. `next`: no smaller ones are left. */
static int append_cpus(Bus *bus, sd_bus_message *reply, const ManagerLook *look, size_t *next)
{
        const Snapshot *snapshot = &look->snapshot;
        unsigned n = 0;
        int r = 0;

        for (unsigned i = 0; i < snapshot->n_cpus && r >= 0; i++) {
                unsigned cpu = snapshot->cpus[i].id;

                if (cpu < *next)
                        continue;
                if (n++ == SLICE_CPUS)
                        return 1;
                r = bus_append_cpu(bus, reply, cpu);
                *next = cpu + 1;
        }
        return r < 0 ? r : 0;
}

/* Of a reply that is empty yet. */
static int open_reply(sd_bus_message *call, const char *type, sd_bus_message **ret)
{
        sd_bus_message *reply;
        int r = sd_bus_message_new_method_return(call, &reply);

        if (r < 0)
                return r;
        r = sd_bus_message_open_container(reply, 'a', type);
        if (r < 0) {
                sd_bus_message_unref(reply);
                return r;
        }
        *ret = reply;
        return 0;
}

/* The steps of one plan belong together, so a new look makes a new answer. */
static int begin_again(ObjectsCall *objects)
{
        sd_bus_message *reply;
        int r = open_reply(objects->call, objects->type, &reply);

        if (r < 0)
                return r;
        sd_bus_message_unref(objects->reply);
        objects->reply = reply;
        objects->next = 0;
        return 0;
}

static int go_on(Bus *bus, ObjectsCall *objects)
{
        const ManagerLook *look = manager_look(bus->manager);
        int r = 0;

        if (!look)
                return -EIO;
        if (objects->append != append_cpus && objects->next > 0 && objects->look_usec != look->usec)
                r = begin_again(objects);
        objects->look_usec = look->usec;
        if (r == 0)
                r = objects->append(bus, objects->reply, look, &objects->next);
        if (r != 0)
                return r;
        r = sd_bus_message_close_container(objects->reply);
        return r < 0 ? r : sd_bus_send(NULL, objects->reply, NULL);
}

static int on_slice(sd_event_source *source, void *userdata)
{
        Bus *bus = userdata;
        int r;

        if (bus->n_objects == 0)
                return 0;
        /* The host is read again in slices, if it takes longer than a look is good for; bus_objects_go_on() follows. If
         * the host could not be read even then, the caller is told so. */
        if (!bus->objects_look_ended && manager_prepare_look(bus->manager))
                return 0;
        bus->objects_look_ended = false;
        r = go_on(bus, &bus->objects[0]);
        if (r < 0)
                (void)sd_bus_reply_method_errorf(bus->objects[0].call, BUS_ERROR_FAILED,
                                                 "/sys/devices/system/cpu cannot be read.");
        if (r <= 0)
                drop_first(bus);
        return bus->n_objects > 0 ? sd_event_source_set_enabled(source, SD_EVENT_ONESHOT) : 0;
}

static int add_source(Bus *bus)
{
        int r;

        if (bus->objects_source)
                return 0;
        r = sd_event_add_defer(bus->event, &bus->objects_source, on_slice, bus);
        if (r < 0)
                return r;
        (void)sd_event_source_set_description(bus->objects_source, "bus-objects");
        return sd_event_source_set_priority(bus->objects_source, BUS_PRIORITY);
}

void bus_objects_go_on(Bus *bus)
{
        if (bus->n_objects == 0)
                return;
        bus->objects_look_ended = true;
        (void)sd_event_source_set_enabled(bus->objects_source, SD_EVENT_ONESHOT);
}

int bus_answer_in_slices(Bus *bus, sd_bus_message *call, const char *type, BusAppend append)
{
        sd_bus_message *reply = NULL;
        int r = add_source(bus);

        if (r < 0)
                return r;
        r = array_grow(&bus->objects, bus->n_objects, sizeof(ObjectsCall));
        if (r < 0)
                return r;
        r = open_reply(call, type, &reply);
        if (r < 0)
                return r;
        bus->objects[bus->n_objects++] =
                (ObjectsCall) { .call = sd_bus_message_ref(call), .reply = reply, .type = type, .append = append };
        (void)sd_event_source_set_enabled(bus->objects_source, SD_EVENT_ONESHOT);
        return 1;
}

int bus_objects_begin(Bus *bus, sd_bus_message *call)
{
        if (sd_bus_message_is_method_call(call, "org.freedesktop.DBus.ObjectManager", "GetManagedObjects") <= 0 ||
            strcmp(sd_bus_message_get_path(call), BUS_PATH) != 0 || !sd_bus_message_has_signature(call, ""))
                return 0;
        return bus_answer_in_slices(bus, call, "{oa{sa{sv}}}", append_cpus);
}

void bus_objects_done(Bus *bus)
{
        while (bus->n_objects > 0)
                drop_first(bus);
        free(bus->objects);
        bus->objects = NULL;
        bus->objects_look_ended = false;
        bus->objects_source = sd_event_source_disable_unref(bus->objects_source);
}
