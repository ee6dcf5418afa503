/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the parts of the manager share: manager.c (life: signals, reload, stop), apply.c (plans), drift.c and heard.c
 * (what the watches report) and wish.c (what should be in force).
 */
#pragma once

#include "host/facts.h"
#include "host/uevents.h"
#include "manager/manager.h"
#include "model/need.h"
#include "model/originals.h"
#include "model/uevent.h"
#include "manager/run.h"
#include "watch/clock.h"
#include "watch/conviction.h"
#include "watch/drift.h"
#include "watch/events.h"
#include "watch/guests.h"
#include "watch/hotplug.h"
#include "watch/sleep.h"

typedef enum TaskKind {
        TASK_NONE,
        TASK_APPLY,       /* what stands becomes what the configuration wants */
        TASK_STOP_POLICY, /* the options for the stop; TASK_RESTORE follows for what they left */
        TASK_RESTORE,     /* everything goes back to its original */
} TaskKind;

typedef enum TaskOrigin {
        ORIGIN_PERSON, /* a person or systemd asked: start, reload, stop, a method of the bus */
        ORIGIN_EVENT,  /* the host has changed: a CPU, a driver, a guest, the TSC, a sleep */
        ORIGIN_REPAIR, /* another program changed a knob */
} TaskOrigin;

typedef struct Task {
        TaskKind kind;
        TaskOrigin origin;
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
        bool facts_unused; /* by a task */
        Originals originals;
        bool originals_unsaved; /* the file does not have them all */
        bool originals_broken;  /* there is a file, and nobody knows what it says: it must not be replaced */

        /* One at a time; empty between tasks. A task that was asked for starts at the next turn of the event loop. */
        Task task;
        bool started;
        bool prepared; /* not started, and drift has read the snapshot and made the plan already */
        Snapshot snapshot;
        Plan plan;
        Run run;
        Need halves;              /* of the policy this plan applies */
        unsigned n_done, n_steps; /* of the task, with a plan that the TSC or a CPU did not outlive */
        bool read_again;          /* in this task, after something had gone */
        bool failed;              /* the last task, before its plan ran */
        uint64_t extended_usec;   /* when systemd was last asked for more time */

        bool reload_asked; /* while a plan ran */
        bool renew_asked;  /* the same */
        bool stopping;
        bool stop_answered;

        ClockFacts clock_facts;
        ClockWatch *clock;
        unsigned advice; /* bits of AdviceKind that were told */

        DriftMonitor *drift;
        char **rivals; /* units to be named in the journal; NULL: none, or named already */

        PolicyState state;
        char *state_reason;
        char *told_status; /* STATUS=, as the service manager has it */
        CpuSet present_cpus, managed_cpus, degraded_cpus;
        Findings findings; /* of the last task */
        uint64_t applied_usec;
        bool restored; /* Restore() was asked for: nothing is applied until Apply(), a reload included */

        Uevents *uevents;
        HotplugWatch *hotplug;
        GuestWatch *guests;
        char *vms_when_lost; /* those that ran when the TSC was lost, as guest_watch_format() */
        uint64_t start_usec;
        Need waiting;   /* the halves that had no driver when the policy was last applied */
        bool late_told; /* how long they had none */
        SleepWatch *sleep;
        ConvictionWatch *conviction;

        ManagerLook look;
        sd_event_source *look_timer;
        Events *events;

        ManagerObserver observer;
        void *observer_userdata;
};

/* Starts a task at the next turn of the event loop, giving up one that runs; manager_on_task_done() follows. */
void manager_begin_task(Manager *m, TaskKind kind, TaskOrigin origin);
/* As TASK_APPLY, ORIGIN_REPAIR, with what drift has read and planned; takes both over, empty or not. */
void manager_begin_repair(Manager *m, Snapshot *snapshot, Plan *plan);
/* Gives up the one that runs; what it wrote stays written. */
void manager_drop_plan(Manager *m);
void manager_on_task_done(Manager *m, Task task);
/* What stands is compared with the policy again and brought back to it, now or after the task that runs. Nothing happens while
 * the daemon stops, nor after Restore(). */
void manager_renew(Manager *m);

/* The monitor of drift, with the manager's callbacks. 0 or -ENOMEM. */
int manager_new_drift(Manager *m);
/* Names the rivals in the journal once there is a policy to fight over. */
void manager_tell_rivals(Manager *m);
void manager_free_rivals(Manager *m);
/* Tells the observer of one value that another program changed. */
void manager_tell_drift(Manager *m, const DriftReport *report);

/* Takes over `reason` (may be NULL when out of memory), tells systemd and the observer. */
void manager_set_state(Manager *m, PolicyState state, char *reason);

/* 0 or -errno. */
int manager_add_task_sources(Manager *m);

/* The watch of the clock. m->facts have been read. 0 or -errno. */
int manager_start_clock(Manager *m);
/* After facts and snapshot have been read anew. */
void manager_update_clock_facts(Manager *m);
/* Tells the observer: MANAGER_CHANGED_*. */
void manager_tell(Manager *m, unsigned changes);
uint64_t manager_now_usec(void);
/* The plan that would bring these knobs to where they should be now. 0 or -ENOMEM. */
int manager_build_plan(const Manager *m, const Policy *policy, const Snapshot *snapshot, Need halves, Plan *ret);
/* The next manager_look() reads anew. */
void manager_forget_look(Manager *m);
void manager_done_view(Manager *m);

/* The clock's view has changed. */
void manager_on_clock_changed(Manager *m, const ClockChanges *changes);
/* 0 or -errno, told. */
int manager_read_facts(Manager *m);

/* Listens to CPUs, drivers and virtual machines that come and go. 0 or -errno; that it cannot be known is logged, and no error. */
int manager_start_hotplug(Manager *m);
/* After an apply: tells how long the host was without its policy, once. */
void manager_note_late_driver(Manager *m);

/* The halves that configuration and need ask for; those that are to be in force now; and whether it is APPLY_WHEN=guests that makes
 * the difference. */
Need manager_wanted_halves(const Manager *m);
Need manager_halves(const Manager *m);
bool manager_waits_for_guests(const Manager *m);

/* 0 or -errno; that a sleep cannot be noticed is told, and no error. */
int manager_start_sleep(Manager *m);
