/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The state that tscwardend reports, as the JSON that `tscwarden status --json` prints. It has only the properties that
 * this version knows, with the types that it expects.
 */
#pragma once

#include <json-c/json.h>
#include <stdbool.h>

#include "base/macro.h"
#include "model/clock-words.h"
#include "show/steps.h"

#define MANAGER_INTERFACE "org.tscwarden1.Manager"
#define CLOCK_INTERFACE "org.tscwarden1.Clock"
#define CPU_INTERFACE "org.tscwarden1.Cpu"
#define PROPERTIES_INTERFACE "org.freedesktop.DBus.Properties"

typedef struct Property {
        const char *name;
        json_type type;
        const char *const *fields; /* for an array of structs: the keys of their members, ends with NULL; else NULL */
} Property;

/* Each ends with an entry without a name. */
extern const Property manager_properties[], clock_properties[];

typedef struct WardenState {
        /* All known properties, null if a value is not known. NULL: not queried. */
        struct json_object *manager, *clock;
        struct json_object *cpus;   /* array of such objects, sorted by Id; NULL: not queried */
        struct json_object *events; /* array, oldest first; NULL: not queried */
} WardenState;

void warden_state_done(WardenState *state);
#define _cleanup_warden_state_ _cleanup_(warden_state_done)

/* The following functions convert values from the bus, in which structs are arrays. They return 0 or -ENOMEM; the
 * caller owns *ret even after a failure. */

/* Sets one property in `object` if `received` has it with the expected type. */
int property_from_bus(const Property *property, struct json_object *received, struct json_object *object);
typedef int (*TakeFromBus)(struct json_object *received, struct json_object **ret);

/* Convert all properties of the interface; null for those that `received` does not have. */
int manager_from_bus(struct json_object *received, struct json_object **ret);
int clock_from_bus(struct json_object *received, struct json_object **ret);
/* Converts the result of GetManagedObjects(). */
int cpus_from_bus(struct json_object *received, struct json_object **ret);
/* Converts the result of Events(). */
int events_from_bus(struct json_object *received, struct json_object **ret);
/* Converts the result of Plan(). */
int steps_from_bus(struct json_object *received, Steps *ret);

/* How soon somebody has to act, also if only the policy is wrong. URGENCY_INVALID_: the verdict on the TSC is not
 * known. */
Urgency warden_urgency(const WardenState *state);
/* True if the policy is not fully in force or is contested. */
bool warden_policy_is_wrong(const WardenState *state);
/* The exit status: 0 fine, 1 something is wrong on this host, 3 not known. */
int warden_exit_status(const WardenState *state);
