/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Calls whose answer needs a look at the host wait until the manager has read it, in slices; others are answered
 * meanwhile.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <systemd/sd-bus.h>

/* All zero is ready for use. */
typedef struct LookCalls {
        struct LookCall *calls;
        size_t n;
} LookCalls;

/* Whether the call's answer needs manager_look(): it is about CPUs, their list or the plan. */
bool look_calls_concern(sd_bus_message *call);
/* The call waits until look_calls_release(), for whatever the caller waits. 0 or -ENOMEM. */
int look_calls_add(LookCalls *calls, sd_bus_message *call);
/* The calls that wait are dispatched again. */
void look_calls_release(LookCalls *calls, sd_bus *connection);
/* Whether the call has waited already; it is forgotten then, and is to be answered now. */
bool look_calls_take(LookCalls *calls, sd_bus_message *call);
/* To be called when the connection goes. */
void look_calls_done(LookCalls *calls);
