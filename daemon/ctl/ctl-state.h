/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What tscwardend reports about itself and the host, as the JSON that `tscwarden status --json` prints. It contains
 * only names and types of the properties that this version knows.
 */
#pragma once

#include <json-c/json.h>
#include <stdbool.h>

#include "base/macro.h"
#include "show/steps.h"

#define MANAGER_INTERFACE "org.tscwarden1.Manager"
#define CLOCK_INTERFACE "org.tscwarden1.Clock"
#define CPU_INTERFACE "org.tscwarden1.Cpu"
#define PROPERTIES_INTERFACE "org.freedesktop.DBus.Properties"

typedef struct Property {
        const char *name;
        json_type type;
        const char *const *fields; /* of an array of structs: the keys of their members, up to NULL */
} Property;

/* Each ends with a property without a name. */
extern const Property manager_properties[], clock_properties[], cpu_properties[];

typedef struct WardenState {
        struct json_object *manager, *clock; /* every known property; null is not known. NULL: not asked */
        struct json_object *cpus;            /* array of objects like the two, by Id. NULL: not asked */
        struct json_object *events;          /* array, oldest first. NULL: not asked */
} WardenState;

void warden_state_done(WardenState *state);
#define _cleanup_warden_state_ _cleanup_(warden_state_done)

/* From the values that the bus gave, structs being arrays: 0 or -ENOMEM.
 *
 * Sets one property in `object` when `received` has it. What has another type than here is left out. */
int property_from_bus(const Property *property, struct json_object *received, struct json_object *object);
/* All of a table; null for those of which `received` says nothing. */
int properties_from_bus(const Property *table, struct json_object *received, struct json_object **ret);
/* Of GetManagedObjects(). */
int cpus_from_bus(struct json_object *objects, struct json_object **ret);
/* Of Events(). */
int events_from_bus(struct json_object *received, struct json_object **ret);
/* Of Plan(); *ret is the caller's after, whatever is returned. */
int steps_from_bus(struct json_object *received, Steps *ret);

typedef enum WardenAdvice {
        WARDEN_FINE,     /* nothing to do */
        WARDEN_TICKET,   /* to be mended when convenient */
        WARDEN_EVACUATE, /* guests here have a worse clock than before, and nothing predicted that */
        WARDEN_UNKNOWN,  /* the verdict is not known */
} WardenAdvice;

WardenAdvice warden_advice(const WardenState *state);
/* The policy needs somebody's eye. */
bool warden_policy_is_wrong(const WardenState *state);
/* 0 fine, 1 something is wrong on this host, 3 could not find out. */
int warden_exit_status(const WardenState *state);
