/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/json.h"
#include "ctl/status.h"

static struct json_object *idle_to_json(const IdleInfos *states)
{
        struct json_object *array = json_object_new_array();

        for (size_t i = 0; i < states->n; i++) {
                const IdleInfo *state = &states->entries[i];
                struct json_object *entry = json_object_new_object();

                json_add(entry, "Index", json_object_new_int64(state->index));
                json_add(entry, "Name", json_string(state->name));
                json_add(entry, "LatencyUSec", json_object_new_int64(state->latency_usec));
                json_add(entry, "Disabled", json_object_new_boolean(state->disabled));
                json_add(entry, "WantedDisabled", json_object_new_boolean(state->wanted_disabled));
                json_object_array_add(array, entry);
        }
        return array;
}

static struct json_object *property_to_json(const Property *property, const void *object)
{
        const void *value = property_value(property, object);
        const Words *words = value;
        const Counts *counts = value;
        struct json_object *json;

        switch (property->type) {
        case PROPERTY_BOOL:
                return json_object_new_boolean(*(const bool *)value);
        case PROPERTY_U32:
                return json_object_new_int64(*(const uint32_t *)value);
        case PROPERTY_U64:
                return json_object_new_uint64(*(const uint64_t *)value);
        case PROPERTY_STRING:
                return json_string(*(char *const *)value);
        case PROPERTY_WORDS:
                json = json_object_new_array();
                for (size_t i = 0; i < words->n; i++)
                        json_object_array_add(json, json_string(words->entries[i]));
                return json;
        case PROPERTY_COUNTS:
                json = json_object_new_object();
                for (size_t i = 0; i < counts->n; i++)
                        json_add(json, counts->entries[i].name, json_object_new_uint64(counts->entries[i].value));
                return json;
        case PROPERTY_IDLE:
                return idle_to_json(value);
        }
        return NULL;
}

static struct json_object *properties_to_json(const PropertyTable *table, const void *object)
{
        struct json_object *json = json_object_new_object();

        for (unsigned i = 0; i < table->n; i++)
                json_add(json, table->entries[i].name,
                         *(const Present *)object >> i & 1 ? property_to_json(&table->entries[i], object) : NULL);
        return json;
}

static struct json_object *cpus_to_json(const WardenState *state)
{
        struct json_object *array;

        if (!state->cpus_known)
                return NULL;
        array = json_object_new_array();
        for (size_t i = 0; i < state->n_cpus; i++)
                json_object_array_add(array, properties_to_json(&cpu_properties, &state->cpus[i]));
        return array;
}

static struct json_object *events_to_json(const WardenState *state)
{
        struct json_object *array;

        if (!state->events_known)
                return NULL;
        array = json_object_new_array();
        for (size_t i = 0; i < state->n_events; i++) {
                const EventInfo *event = &state->events[i];
                struct json_object *json = json_object_new_object();

                json_add(json, "RealtimeUSec", json_object_new_uint64(event->realtime_usec));
                json_add(json, "MonotonicUSec", json_object_new_uint64(event->monotonic_usec));
                json_add(json, "Name", json_string(event->name));
                json_add(json, "Text", json_string(event->text));
                json_object_array_add(array, json);
        }
        return array;
}

int status_show_json(FILE *out, const WardenState *state)
{
        struct json_object *json = json_object_new_object();

        json_add(json, "Manager", properties_to_json(&manager_properties, &state->manager));
        json_add(json, "Clock", properties_to_json(&clock_properties, &state->clock));
        json_add(json, "Cpus", cpus_to_json(state));
        json_add(json, "Events", events_to_json(state));
        return json_print(out, json);
}
