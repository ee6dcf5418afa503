/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Decides: owns the configuration, the facts and the originals, runs plans in slices from the event loop, tells systemd and the
 * journal. It never calls the bus; whoever wants to know observes.
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

/* Takes over *config (empty afterwards). runtime_fd, the locked runtime directory, stays the caller's, -1 when there is none: then
 * nothing can be saved and so nothing is written. ops, ops_userdata and config_path outlive the manager. 0, -ENOMEM, or another
 * -errno of sd-event. */
int manager_new(sd_event *event, const CpuOps *ops, void *ops_userdata, int runtime_fd, const char *config_path,
                Config *config, Manager **ret);
Manager *manager_free(Manager *manager);
DEFINE_CLEANUP(Manager, manager_free);

void manager_set_observer(Manager *manager, ManagerObserver observer, void *userdata);

/* Begins the first apply; READY=1 follows when it is through. Event sources for SIGHUP, SIGTERM and SIGINT, which the caller has
 * blocked, are added here. 0 or -errno. */
int manager_start(Manager *manager);

/* systemd's answer: a restart leaves policy and originals in force, a stop takes them back. Ignored unless one was asked for. */
void manager_on_stop_job(Manager *manager, bool restart);

/* Somebody says that the host slept. True or not: TSC and policy are looked at again. */
void manager_on_resume(Manager *manager);

/* Asked for by people, on the bus. 0: begun, MANAGER_CHANGED_IDLE tells the end of it. -EBUSY: another task runs, or the daemon is
 * stopping. */
int manager_apply(Manager *manager);
/* Everything back to its original; the daemon goes on and watches. */
int manager_restore(Manager *manager);
/* As SIGHUP. Also -EBADMSG: the file is refused, the old policy stays, *ret_why (for the caller to free) says why. */
int manager_reload(Manager *manager, char **ret_why);

/* After manager_start(). */
void manager_get_view(const Manager *manager, ManagerView *ret);
/* Reads the host at most once a second, whoever asks, and again after a task or a reload. NULL when it cannot be read. Valid
 * until the next call, or the next turn of the event loop. */
const ManagerLook *manager_look(Manager *manager);
/* The i-th of the last events (watch/events.h), oldest first; NULL behind the last. */
const Event *manager_get_event(const Manager *manager, unsigned i);

/* As drift_is_left() and drift_format_contest(). */
bool manager_has_drifted(const Manager *manager, const KnobId *id);
char *manager_contest_format(const Manager *manager, unsigned cpu);
/* Units that are active and write to the same knobs, NULL-terminated: told once, when there is a policy for them to fight with. */
void manager_on_rivals(Manager *manager, const char *const *units);
