/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Decides: owns the configuration, the facts and the originals, has tasks carried out, reports to systemd and the
 * journal. It never calls the bus; an observer reports to it.
 */
#pragma once

#include <stdbool.h>
#include <systemd/sd-event.h>

#include "base/macro.h"
#include "host/config/config-store.h"
#include "host/config/config.h"
#include "host/cpu.h"
#include "manager/view.h"
#include "model/event.h"
#include "model/knob.h"

typedef struct Manager Manager;

#define MANAGER_STOP_ANSWER_USEC 700000

typedef void (*ManagerObserver)(Manager *manager, const ManagerNews *news, void *userdata);

/* Takes over *config, which is empty afterwards. runtime_fd is the locked runtime directory and stays the caller's; -1
 * if there is none: then no original can be saved, so nothing is written. ops, ops_userdata and config_path outlive the
 * manager. 0, -ENOMEM, or another -errno of sd-event. */
int manager_new(sd_event *event, const CpuOps *ops, void *ops_userdata, int runtime_fd, const char *config_path,
                Config *config, Manager **ret);
Manager *manager_free(Manager *manager);
DEFINE_CLEANUP(Manager, manager_free);

void manager_set_observer(Manager *manager, ManagerObserver observer, void *userdata);

/* Starts the first task; READY=1 follows when it has ended. Adds event sources for SIGHUP, SIGTERM and SIGINT, which
 * the caller has blocked. 0 or -errno. */
int manager_start(Manager *manager);

/* systemd's answer: after a restart policy and originals stay in force, before a stop the originals go back. Ignored if
 * no answer is awaited. */
void manager_on_stop_job(Manager *manager, bool restart);

/* Somebody reports that the host slept. Whether this is true or not, TSC and policy are checked again. */
void manager_on_resume(Manager *manager);

/* A person asks on the bus. 0: the task has been accepted, and MANAGER_CHANGED_IDLE reports its end. -EBUSY: another
 * task runs, or the daemon is stopping. */
int manager_apply(Manager *manager);
/* Puts every knob back to its original. The daemon goes on and watches. */
int manager_restore(Manager *manager);
/* As SIGHUP. Also -EBADMSG: the file is refused and the old policy stays; *ret_why (for the caller to free) says
 * why. */
int manager_reload(Manager *manager, char **ret_why);

/* After manager_start(). */
void manager_get_view(const Manager *manager, ManagerView *ret);
/* Reads the host at most once a second for all callers together, and again after a task or a reload. NULL when the host
 * cannot be read. Valid until the next call or the next turn of the event loop. */
const ManagerLook *manager_look(Manager *manager);
/* For a large host: reads it in slices from the event loop, unless manager_look() has it already. Whether that is so;
 * then MANAGER_LOOK_READY follows. */
bool manager_prepare_look(Manager *manager);
/* The i-th of the last events (watch/events.h), oldest first; NULL beyond the last one. */
const Event *manager_get_event(const Manager *manager, unsigned i);

/* As drift_is_left() and drift_format_contest(). */
bool manager_has_drifted(const Manager *manager, const KnobId *id);
char *manager_contest_format(const Manager *manager, unsigned cpu);
/* Names active units that write the same knobs, NULL-terminated. Logged once, if there is a policy that they can
 * change. */
void manager_on_rivals(Manager *manager, const char *const *units);
