/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Decides: owns the configuration, the facts and the originals, runs plans in slices from the event loop, tells systemd and the
 * journal. It never calls the bus; whoever wants to know observes.
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>
#include <systemd/sd-event.h>

#include "host/config/config.h"
#include "host/cpu.h"
#include "model/drift.h"
#include "model/event.h"
#include "model/outcome.h"
#include "model/plan.h"
#include "model/verdict.h"
#include "model/vms.h"

typedef struct Manager Manager;

typedef enum ManagerChange {
        MANAGER_CHANGED_STATE = 1 << 0,
        MANAGER_CHANGED_CLOCK = 1 << 1,
        /* A stop was asked for: answer with manager_on_stop_job(), or in MANAGER_STOP_ANSWER_USEC it counts as a stop. */
        MANAGER_CHANGED_STOPPING = 1 << 2,
        MANAGER_CHANGED_IDLE = 1 << 3, /* no task runs any more: what was asked for is done */
        /* Which CPUs are managed, degraded or contested, when it was last applied; which VMs run. */
        MANAGER_CHANGED_LISTS = 1 << 4,
        MANAGER_CHANGED_DRIFT = 1 << 5,
} ManagerChange;

#define MANAGER_STOP_ANSWER_USEC 700000

/* What changed. Valid during the call. */
typedef struct ManagerNews {
        unsigned changes;          /* bits of ManagerChange */
        const ClockChanges *clock; /* MANAGER_CHANGED_CLOCK: what happened; else NULL */
        const DriftReport *drift;  /* MANAGER_CHANGED_DRIFT: which value it was; else NULL */
} ManagerNews;

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

PolicyState manager_get_state(const Manager *manager);
/* A sentence or more for people; owned by the manager, valid until the state changes. */
const char *manager_get_state_reason(const Manager *manager);

const Facts *manager_get_facts(const Manager *manager);
const Config *manager_get_config(const Manager *manager);
const Clock *manager_get_clock(const Manager *manager);
const ClockFacts *manager_get_clock_facts(const Manager *manager);
/* Changes of the current clocksource that were watched. */
uint64_t manager_get_clocksource_changes(const Manager *manager);
/* "kmsg", "syslog" or "sysfs" */
const char *manager_get_witness(const Manager *manager);
/* When a plan was last carried out; 0 never. CLOCK_MONOTONIC. */
uint64_t manager_get_applied_usec(const Manager *manager);
/* As of the last task: the CPUs there are, those whose knobs the policy speaks of, and those it could not be brought into
 * force on. */
const CpuSet *manager_get_present_cpus(const Manager *manager);
const CpuSet *manager_get_managed_cpus(const Manager *manager);
const CpuSet *manager_get_degraded_cpus(const Manager *manager);
/* The virtual machines that run now. */
const Vms *manager_get_vms(const Manager *manager);
/* Those that ran when the TSC was lost under our eyes, for people, not escaped; "" none or unknown. */
const char *manager_get_vms_when_lost(const Manager *manager);

/* As drift_get_count() and the getters after it in watch/drift.h. */
uint64_t manager_get_drift_count(const Manager *manager, Knob knob);
const CpuSet *manager_get_contested_cpus(const Manager *manager);
bool manager_has_drifted(const Manager *manager, const KnobId *id);
char *manager_contest_format(const Manager *manager, unsigned cpu);
/* Units that are active and write to the same knobs, NULL-terminated: told once, when there is a policy for them to fight with. */
void manager_on_rivals(Manager *manager, const char *const *units);
/* What the last task found. */
const Findings *manager_get_findings(const Manager *manager);

/* What stands in the knobs and what a plan would be, as of `usec` (CLOCK_MONOTONIC). */
typedef struct ManagerLook {
        Snapshot snapshot;
        Plan plan;
        uint64_t usec;
} ManagerLook;

/* Reads the host at most once a second, whoever asks, and again after a task or a reload. NULL when it cannot be read. Valid
 * until the next call, or the next turn of the event loop. */
const ManagerLook *manager_look(Manager *manager);

/* The i-th of the last events (watch/events.h), oldest first; NULL behind the last. */
const Event *manager_get_event(const Manager *manager, unsigned i);
