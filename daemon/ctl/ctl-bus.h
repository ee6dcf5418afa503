/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Asks tscwardend. The only file of the command that uses sd-bus.
 */
#pragma once

#include <stdbool.h>

#include "ctl/ctl-news.h"
#include "ctl/ctl-state.h"
#include "show/steps.h"

typedef enum BusAnswer {
        BUS_OK,
        BUS_NOT_RUNNING, /* there is a bus, and no tscwardend on it */
        BUS_FAILED,
} BusAnswer;

typedef struct CtlBus CtlBus;

/* The system bus ($DBUS_SYSTEM_BUS_ADDRESS), or that of [USER@]HOST by ssh. Unless BUS_OK, *ret_why is a sentence for
 * people (NULL when out of memory), here and below, to be freed by the caller. */
BusAnswer ctl_bus_open(const char *host, CtlBus **ret, char **ret_why);
CtlBus *ctl_bus_free(CtlBus *bus);
DEFINE_CLEANUP(CtlBus, ctl_bus_free);

/* Manager, Clock and Events(), and the Cpu objects when asked for. Text from outside is escaped. *ret must be empty and is the
 * caller's after. */
BusAnswer ctl_bus_read_state(CtlBus *bus, bool with_cpus, WardenState *ret, char **ret_why);
BusAnswer ctl_bus_read_plan(CtlBus *bus, Steps *ret, char **ret_why);

/* The clock of the bus's machine, as systemd-timedated there reads it, against ours: there minus here, and half of how long the quickest
 * of some questions took. 0 or -errno. */
int ctl_bus_compare_clock(CtlBus *bus, double *ret_apart_sec, double *ret_bound_sec);

/* False: no more, please. */
typedef bool (*NewsHandler)(const News *news, void *userdata);

/* Tells what is, then what changes, until the handler wants no more (BUS_OK) or the connection ends (BUS_FAILED). */
BusAnswer ctl_bus_watch(CtlBus *bus, NewsHandler handler, void *userdata, char **ret_why);
