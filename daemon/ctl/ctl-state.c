/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/ctl-state.h"

#include <errno.h>
#include <string.h>

#include "ctl/json.h"
#include "model/clock-words.h"

static const char *const idle_state_fields[] = { "Index", "Name", "LatencyUSec", "Disabled", "WantedDisabled", NULL };
static const char *const event_fields[] = { "RealtimeUSec", "MonotonicUSec", "Name", "Text", NULL };

const Property manager_properties[] = {
        { "Version", json_type_string, NULL },
        { "State", json_type_string, NULL },
        { "StateReason", json_type_string, NULL },
        { "FrequencyPolicyNeeded", json_type_boolean, NULL },
        { "IdlePolicyNeeded", json_type_boolean, NULL },
        { "NeedReason", json_type_string, NULL },
        { "ConfigFiles", json_type_array, NULL },
        { "LastAppliedUSec", json_type_int, NULL },
        { "LastAppliedMonotonicUSec", json_type_int, NULL },
        { "ManagedCpus", json_type_string, NULL },
        { "DegradedCpus", json_type_string, NULL },
        { "ContestedCpus", json_type_string, NULL },
        { "DriftCount", json_type_int, NULL },
        { "DriftCounts", json_type_object, NULL },
        { "RunningVMs", json_type_int, NULL },
        { "RunningVMNames", json_type_array, NULL },
        { "VMsWhenLost", json_type_string, NULL },
        { "BootParametersMissing", json_type_array, NULL },
        { "BootParametersReason", json_type_string, NULL },
        {},
};

const Property clock_properties[] = {
        { "Verdict", json_type_string, NULL },
        { "Reason", json_type_string, NULL },
        { "Suspect", json_type_string, NULL },
        { "Urgency", json_type_string, NULL },
        { "ReasonText", json_type_string, NULL },
        { "Remedy", json_type_string, NULL },
        { "FirmwareFaults", json_type_array, NULL },
        { "KernelLine", json_type_string, NULL },
        { "SinceUSec", json_type_int, NULL },
        { "SinceMonotonicUSec", json_type_int, NULL },
        { "Expected", json_type_boolean, NULL },
        { "LostAfterUse", json_type_boolean, NULL },
        { "Witness", json_type_string, NULL },
        { "Clocksource", json_type_string, NULL },
        { "AvailableClocksources", json_type_array, NULL },
        { "ClocksourceChanges", json_type_int, NULL },
        { "Watchdog", json_type_string, NULL },
        { "WatchdogReason", json_type_string, NULL },
        { "ConstantTsc", json_type_boolean, NULL },
        { "NonstopTsc", json_type_boolean, NULL },
        { "TscKHz", json_type_int, NULL },
        { "TscScaling", json_type_boolean, NULL },
        { "GuestClockPairing", json_type_boolean, NULL },
        { "VdsoClock", json_type_boolean, NULL },
        {},
};

static const Property cpu_properties[] = {
        { "Id", json_type_int, NULL },
        { "Online", json_type_boolean, NULL },
        { "State", json_type_string, NULL },
        { "Driver", json_type_string, NULL },
        { "Governor", json_type_string, NULL },
        { "WantedGovernor", json_type_string, NULL },
        { "IdleDriver", json_type_string, NULL },
        { "IdleStates", json_type_array, idle_state_fields },
        { "LastError", json_type_string, NULL },
        {},
};

void warden_state_done(WardenState *state)
{
        json_object_put(state->manager);
        json_object_put(state->clock);
        json_object_put(state->cpus);
        json_object_put(state->events);
        *state = (WardenState) {};
}

/* Adds a new reference to `value` under `key`. 0 or -ENOMEM. */
static int share(struct json_object *object, const char *key, struct json_object *value)
{
        if (json_object_object_add(object, key, json_object_get(value)) == 0)
                return 0;
        json_object_put(value);
        return -ENOMEM;
}

/* Converts an array of arrays to an array of objects with the keys `fields`. */
static int name_fields(struct json_object *structs, const char *const *fields, struct json_object **ret)
{
        _cleanup_json_ struct json_object *named = json_object_new_array();

        if (!named)
                return -ENOMEM;
        for (size_t i = 0; i < json_length(structs); i++) {
                struct json_object *values = json_object_array_get_idx(structs, i);
                struct json_object *entry = json_append_object(named);

                if (!entry)
                        return -ENOMEM;
                for (size_t k = 0; fields[k]; k++)
                        if (share(entry, fields[k], json_object_array_get_idx(values, k)) < 0)
                                return -ENOMEM;
        }
        *ret = TAKE_PTR(named);
        return 0;
}

int property_from_bus(const Property *property, struct json_object *received, struct json_object *object)
{
        _cleanup_json_ struct json_object *named = NULL;
        struct json_object *value;
        int r;

        if (!json_object_object_get_ex(received, property->name, &value) ||
            (value && !json_object_is_type(value, property->type)))
                return 0;
        if (!property->fields)
                return share(object, property->name, value);
        r = name_fields(value, property->fields, &named);
        return r < 0 ? r : share(object, property->name, named);
}

static int properties_from_bus(const Property *table, struct json_object *received, struct json_object *object)
{
        if (!object)
                return -ENOMEM;
        for (const Property *property = table; property->name; property++)
                if (share(object, property->name, NULL) < 0 || property_from_bus(property, received, object) < 0)
                        return -ENOMEM;
        return 0;
}

int manager_from_bus(struct json_object *received, struct json_object **ret)
{
        *ret = json_object_new_object();
        return properties_from_bus(manager_properties, received, *ret);
}

int clock_from_bus(struct json_object *received, struct json_object **ret)
{
        *ret = json_object_new_object();
        return properties_from_bus(clock_properties, received, *ret);
}

static int cpu_compare(const void *a, const void *b)
{
        uint64_t left = json_get_number(*(struct json_object *const *)a, "Id");
        uint64_t right = json_get_number(*(struct json_object *const *)b, "Id");

        return (left > right) - (left < right);
}

int cpus_from_bus(struct json_object *received, struct json_object **ret)
{
        *ret = json_object_new_array();
        if (!*ret)
                return -ENOMEM;
        json_object_object_foreach(received, path, interfaces)
        {
                struct json_object *properties;

                (void)path;
                if (!json_object_object_get_ex(interfaces, CPU_INTERFACE, &properties))
                        continue;
                if (properties_from_bus(cpu_properties, properties, json_append_object(*ret)) < 0)
                        return -ENOMEM;
        }
        json_object_array_sort(*ret, cpu_compare);
        return 0;
}

int events_from_bus(struct json_object *received, struct json_object **ret)
{
        return name_fields(received, event_fields, ret);
}

int steps_from_bus(struct json_object *received, Steps *ret)
{
        for (size_t i = 0; i < json_length(received); i++) {
                struct json_object *step = json_object_array_get_idx(received, i);
                const char *words[6];

                for (size_t k = 0; k < ARRAY_SIZE(words); k++)
                        words[k] = json_object_get_string(json_object_array_get_idx(step, k));
                if (steps_add(ret, words) < 0)
                        return -ENOMEM;
        }
        return 0;
}

bool warden_policy_is_wrong(const WardenState *state)
{
        return strcmp(json_get_text(state->manager, "State"), "degraded") == 0 ||
               json_get_text(state->manager, "ContestedCpus")[0];
}

Urgency warden_urgency(const WardenState *state)
{
        Urgency urgency = urgency_from_string(json_get_text(state->clock, "Urgency"));

        if (verdict_from_string(json_get_text(state->clock, "Verdict")) <= VERDICT_UNKNOWN)
                urgency = URGENCY_INVALID_;
        if (urgency != URGENCY_EVACUATE && warden_policy_is_wrong(state))
                return URGENCY_TICKET;
        return urgency;
}

int warden_exit_status(const WardenState *state)
{
        switch (warden_urgency(state)) {
        case URGENCY_NONE:
                return 0;
        case URGENCY_INVALID_:
                return 3;
        default:
                return 1;
        }
}
