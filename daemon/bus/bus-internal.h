/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the objects on the bus share.
 */
#pragma once

#include <systemd/sd-bus.h>

#include "bus/callers.h"
#include "bus/look-calls.h"
#include "bus/peer.h"
#include "bus/polkit.h"
#include "bus/properties.h"
#include "bus/rivals.h"
#include "bus/stop-job.h"
#include "manager/manager.h"
#include "manager/view.h"
#include "model/drift.h"
#include "model/plan-types.h"
#include "model/verdict.h"

#define BUS_ERROR_REFUSED "org.tscwarden1.Error.Refused" /* a configuration file */
#define BUS_ERROR_BUSY "org.tscwarden1.Error.Busy"
#define BUS_ERROR_FAILED "org.tscwarden1.Error.Failed"

/* Lower than everything else, the slices of a task included (SD_EVENT_PRIORITY_IDLE): callers never delay a repair, a
 * reload, a stop or the kernel's log. */
#define BUS_PRIORITY (SD_EVENT_PRIORITY_IDLE + 10)

typedef struct Bus Bus;

/* See properties.h. */
typedef struct ManagerObject {
        Bus *bus;
        const char *version;
        char *state, *state_reason, *need_reason;
        int frequency_needed, idle_needed;
        char **config_files;
        uint64_t applied_usec;
        char *managed_cpus, *degraded_cpus, *contested_cpus;
        uint64_t drift_count;
        uint32_t n_vms;
        char **vm_names;
        char *vms_when_lost;
        char **parameters_missing;
        char *parameters_reason;
} ManagerObject;

typedef struct ClockObject {
        char *verdict, *reason, *suspect, *urgency, *reason_text, *remedy, *kernel_line;
        char **firmware_faults;
        uint64_t since_usec;
        int expected, lost_after_use;
        char *witness, *clocksource;
        char **available;
        char *watchdog, *watchdog_reason;
        int constant_tsc, nonstop_tsc;
        uint32_t tsc_khz;
        int tsc_scaling, guest_clock_pairing, vdso_clock;
        uint64_t clocksource_changes;
} ClockObject;

struct Bus {
        sd_event *event;
        Manager *manager;
        sd_bus *connection;           /* NULL between two attempts */
        sd_event_source *retry_timer; /* waits after a lost connection or a refused name */
        sd_event_source *tell_source;
        sd_event_source *more_source; /* enabled after a call: more of them may have come */
        unsigned retry_sec;
        bool refusal_logged;

        ManagerObject manager_object;
        ClockObject clock_object;
        const Step **steps; /* of the manager_look() made at steps_usec, sorted */
        uint64_t steps_usec;
        CpuSet cpus;             /* the CPUs whose objects were announced */
        sd_bus_message *waiting; /* the call that gets its answer when no task runs any more */
        Callers callers;
        LookCalls look_calls; /* wait until the host was read */
        LookCalls user_calls; /* wait until the bus has named the caller's user */
        struct ObjectsCall *objects;
        size_t n_objects;
        sd_event_source *objects_source;
        bool objects_look_ended; /* the look that they wait for has ended; perhaps the host could not be read */
        Polkit polkit;
        Peer logind;
        Rivals rivals;
        StopJob *stop_job;
};

/* Each adds its objects to a connection that is not started yet. 0 or -errno. */
int bus_add_manager(Bus *bus);
int bus_add_clock(Bus *bus);
int bus_add_cpus(Bus *bus);
int bus_add_log_control(Bus *bus);

/* Appends what GetManagedObjects says of this CPU. 0 or -errno. */
int bus_append_cpu(Bus *bus, sd_bus_message *reply, unsigned cpu);
/* 1: the call is a GetManagedObjects and gets its answer from the event loop, slice by slice; 0: it is not; -errno. */
int bus_objects_begin(Bus *bus, sd_bus_message *call);
/* Appends elements of an answer, from *next on, for 2 to 3 ms at most. 1: there are more; 0: these were all; or
 * -errno. */
typedef int (*BusAppend)(Bus *bus, sd_bus_message *reply, const ManagerLook *look, size_t *next);
/* Answers the call with an array of `type`, in slices. 1; or -errno: nothing was begun. */
int bus_answer_in_slices(Bus *bus, sd_bus_message *call, const char *type, BusAppend append);
/* To be called when the manager's look is ready. */
void bus_objects_go_on(Bus *bus);
void bus_objects_done(Bus *bus);
/* To be called after the start. Reports the end of each sleep to manager_on_resume(). 0 or -errno. */
int bus_watch_resume(Bus *bus);

/* Reads the manager's view and emits what has changed. */
void bus_update_manager(Bus *bus);
void bus_update_clock(Bus *bus);
void bus_update_cpus(Bus *bus);
void bus_done_manager(Bus *bus);
void bus_done_clock(Bus *bus);

/* To be called during MANAGER_CHANGED_CLOCK. */
void bus_signal_clock(Bus *bus, const ClockChanges *changes);
void bus_signal_drift(Bus *bus, const DriftReport *drift);
/* Answers the call that waits: its task has ended, or the daemon stops. */
void bus_answer_waiting(Bus *bus, bool stopping);
