/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Watches the host's TSC: drives the state machine of model/verdict.h with the kernel's log, sysfs and timers, keeps its verdict in
 * the runtime directory for the next start, and calls back when something has changed.
 */
#pragma once

#include <systemd/sd-event.h>

#include "base/macro.h"
#include "model/facts.h"
#include "model/verdict.h"

typedef struct ClockWatch ClockWatch;

/* What happened since the last call. Valid during the call. */
typedef void (*ClockCallback)(const ClockChanges *changes, void *userdata);

/* Reads the kernel's log and sysfs as they are, judges, and watches from then on; nobody is called back for what was there before.
 * `facts` outlive the watch. runtime_fd, the runtime directory, stays the caller's; -1: there is none, nothing is kept. 0, -ENOMEM
 * or -errno of sd-event. Where /dev/kmsg cannot be read, that is logged and no error. */
int clock_watch_new(sd_event *event, const Facts *facts, int runtime_fd, ClockCallback callback, void *userdata,
                    ClockWatch **ret);
/* NULL is allowed. */
ClockWatch *clock_watch_free(ClockWatch *watch);
DEFINE_CLEANUP(ClockWatch, clock_watch_free);

/* Looks at log and sysfs now, whether or not anything reported a change. May call back. */
void clock_watch_look(ClockWatch *watch);
/* The facts behind the pointer have changed: judges again. May call back. */
void clock_watch_on_facts_changed(ClockWatch *watch);

/* Whether the last `tscwarden probe` proved that the CPUs' TSCs differ. May call back. */
void clock_watch_set_probe(ClockWatch *watch, bool convicted);

/* For clock_get() and the texts of model/verdict.h. Valid as long as the watch. */
const Clock *clock_watch_get_clock(const ClockWatch *watch);
/* How often the current clocksource has changed since the watch began. */
uint64_t clock_watch_get_clocksource_changes(const ClockWatch *watch);
/* What reports the kernel's doings: "kmsg"; "syslog", syslog(2) every 10 s; "sysfs", the clocksource files every 10 s. */
const char *clock_watch_get_witness(const ClockWatch *watch);
