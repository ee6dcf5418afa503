/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Queries tscwardend over D-Bus. ctl-bus.c is the only file of the command that uses sd-bus.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "ctl/ctl-news.h"
#include "ctl/ctl-state.h"
#include "show/steps.h"

typedef enum BusAnswer {
        BUS_OK,
        BUS_NOT_RUNNING, /* the bus works, but no tscwardend is connected to it */
        BUS_FAILED,
} BusAnswer;

typedef struct CtlBus CtlBus;

/* Connects to the system bus ($DBUS_SYSTEM_BUS_ADDRESS), or by ssh to that of [USER@]HOST. The caller frees it. If
 * that fails (NULL: out of memory), every question below gets the answer BUS_FAILED. */
CtlBus *ctl_bus_open(const char *host);
/* Why the last answer was not BUS_OK, for people. Belongs to `bus`. */
const char *ctl_bus_why(const CtlBus *bus);
CtlBus *ctl_bus_free(CtlBus *bus);
DEFINE_CLEANUP(CtlBus, ctl_bus_free);

/* Reads Manager, Clock and Events(), and the Cpu objects if `with_cpus`. *ret must be empty; the caller owns it even
 * after a failure. */
BusAnswer ctl_bus_read_state(CtlBus *bus, bool with_cpus, WardenState *ret);
BusAnswer ctl_bus_read_plan(CtlBus *bus, Steps *ret);

/* The clock of the bus's machine (CLOCK_REALTIME), as systemd-timedated there reads it. 0 or -errno. */
int ctl_bus_read_clock(CtlBus *bus, uint64_t *ret_usec);

/* Calls the handler with the present state and then with each change, until it returns false (BUS_OK) or the
 * connection ends (BUS_FAILED). */
BusAnswer ctl_bus_watch(CtlBus *bus, NewsHandler handler, void *userdata);
