/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Watches the host's TSC: drives the state machine of model/verdict.h with the kernel's log, sysfs and timers, keeps
 * its verdict in the runtime directory for the next start, and calls back when something has changed.
 */
#pragma once

#include <systemd/sd-event.h>

#include "base/macro.h"
#include "model/facts.h"
#include "model/verdict.h"

typedef struct ClockWatch ClockWatch;

/* Reports what happened since the last call. `changes` is valid during the call. */
typedef void (*ClockCallback)(const ClockChanges *changes, void *userdata);

/* Reads the kernel's log and sysfs, judges, and watches from then on; does not call back for what was there before.
 * `facts` outlive the watch. runtime_fd, the runtime directory, stays the caller's; -1: there is none, and the verdict
 * is not saved. 0, -ENOMEM or -errno of sd-event. An unreadable /dev/kmsg is logged and is no error. */
int clock_watch_new(sd_event *event, const Facts *facts, int runtime_fd, ClockCallback callback, void *userdata,
                    ClockWatch **ret);
/* `watch` may be NULL. */
ClockWatch *clock_watch_free(ClockWatch *watch);
DEFINE_CLEANUP(ClockWatch, clock_watch_free);

/* Reads log and sysfs now, even if nothing reported a change. May call back. */
void clock_watch_look(ClockWatch *watch);
/* The facts behind the pointer have changed: judges again. May call back. */
void clock_watch_on_facts_changed(ClockWatch *watch);

/* Tells the watch whether the last `tscwarden probe` proved that the TSCs of CPUs differ. May call back. */
void clock_watch_set_probe(ClockWatch *watch, bool convicted);

/* For clock_get() and the texts of model/verdict.h. Valid as long as the watch. */
const Clock *clock_watch_get_clock(const ClockWatch *watch);
/* How often the current clocksource has changed since the watch began. */
uint64_t clock_watch_get_clocksource_changes(const ClockWatch *watch);
/* Where the watch learns what the kernel does: "kmsg"; "syslog": syslog(2) every 10 s; "sysfs": the clocksource files
 * every 10 s. */
const char *clock_watch_get_witness(const ClockWatch *watch);
