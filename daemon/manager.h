/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Decides: owns the configuration, the facts and the originals, runs plans in slices from the event loop, tells systemd and the
 * journal. It never calls the bus; whoever wants to know observes.
 */
#pragma once

#include <stdbool.h>
#include <systemd/sd-event.h>

#include "host/config.h"
#include "host/cpu.h"
#include "model/outcome.h"

typedef struct Manager Manager;

typedef enum ManagerChange {
        MANAGER_CHANGED_STATE = 1 << 0,
        /* A stop was asked for: answer with manager_on_stop_job(), or in MANAGER_STOP_ANSWER_USEC it counts as a stop. */
        MANAGER_CHANGED_STOPPING = 1 << 1,
} ManagerChange;

#define MANAGER_STOP_ANSWER_USEC 1000000

typedef void (*ManagerObserver)(Manager *manager, unsigned changes, void *userdata);

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

PolicyState manager_get_state(const Manager *manager);
/* A sentence or more for people; owned by the manager, valid until the state changes. */
const char *manager_get_state_reason(const Manager *manager);
