/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the parts of the manager share: manager.c (life: signals, reload, stop) and manager-task.c (plans).
 */
#pragma once

#include "host/facts.h"
#include "manager.h"
#include "model/need.h"
#include "model/originals.h"
#include "run.h"

typedef enum Task {
        TASK_NONE,
        TASK_APPLY,   /* what stands becomes what the configuration wants */
        TASK_STOP_POLICY, /* the options for the stop; TASK_RESTORE follows for what they left */
        TASK_RESTORE, /* everything goes back to its original */
} Task;

struct Manager {
        sd_event *event;
        sd_event_source *slice_source;
        sd_event_source *settle_source;
        sd_event_source *stop_answer_source;
        sd_event_source *sighup_source;
        sd_event_source *sigterm_source;
        sd_event_source *sigint_source;

        const CpuOps *ops;
        void *ops_userdata;
        int runtime_fd;
        const char *config_path;
        Config config;

        Facts facts;
        Originals originals;
        bool originals_unsaved; /* the file does not have them all */

        /* One plan at a time; empty between tasks. */
        Task task;
        Snapshot snapshot;
        Plan plan;
        Run run;
        Need halves;            /* of the policy this plan applies */
        uint64_t extended_usec; /* when systemd was last asked for more time */

        bool ready;        /* READY=1 was sent once */
        bool reload_asked; /* while a plan ran */
        bool stopping;
        bool stop_answered;

        PolicyState state;
        char *state_reason;

        ManagerObserver observer;
        void *observer_userdata;
};

/* Starts a task, giving up one that runs; manager_on_task_done() follows, at once or from the event loop. */
void manager_begin_task(Manager *m, Task task);
void manager_on_task_done(Manager *m, Task task);

/* Takes over `reason` (may be NULL when out of memory), tells systemd and the observer. */
void manager_set_state(Manager *m, PolicyState state, char *reason);

/* 0 or -errno. */
int manager_add_task_sources(Manager *m);
