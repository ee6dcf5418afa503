/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The present values of the knobs: host/ reads them once, the rest of model/ works on them.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/cpuset.h"
#include "model/knob.h"

/* Longest name of a cpuidle state, driver or governor, with NUL (CPUIDLE_NAME_LEN 16, CPUFREQ_NAME_LEN 16). */
#define SNAPSHOT_NAME_SIZE 16

/* A value that is read only if the policy sets it. */
typedef struct EnergyValue {
        char text[KNOB_VALUE_SIZE]; /* "": not read */
        int error;                  /* 0, or why it cannot be read */
} EnergyValue;

/* CPUs that share one frequency. The kernel calls them a cpufreq policy; here that word is the configuration's. */
typedef struct FreqDomain {
        unsigned id;    /* policyN */
        int error;      /* 0, or why it cannot be read: -EBUSY while all its CPUs are offline */
        CpuSet cpus;    /* affected_cpus: its online CPUs */
        CpuSet related; /* related_cpus: all its CPUs, online or not */
        /* scaling_available_governors, separated by blanks; shared. The kernel lists only loaded governors */
        const char *governors;
        const char *
                /* scaling_available_frequencies in kHz, blanks between; shared, NULL when the driver has no table */
                frequencies;
        uint64_t min_khz;
        uint64_t max_khz;
        uint64_t hw_min_khz; /* cpuinfo_min_freq; 0 = unknown */
        uint64_t hw_max_khz;
        uint64_t
                /* scaling_cur_freq; 0 = unknown. Never cpuinfo_cur_freq: reading that may start a transition */
                cur_khz;
        uint64_t setspeed_khz;               /* scaling_setspeed; 0 = not under the governor userspace */
        EnergyValue preference;              /* energy_performance_preference */
        char driver[SNAPSHOT_NAME_SIZE + 8]; /* "amd-pstate-epp" and longer */
        char governor[SNAPSHOT_NAME_SIZE];
        /* scaling_setspeed shows the present frequency. A speed that was requested outside the limits waits until they
         * become wider (drivers/cpufreq/cpufreq_userspace.c). True after we have requested one ourselves. */
        bool setspeed_is_sure;
} FreqDomain;

/* A large host has tens of thousands. */
typedef struct IdleState {
        uint64_t latency_usec; /* exit latency; UINT64_MAX: unreadable, and therefore treated as the deepest */
        const char *name;      /* shared, below SNAPSHOT_NAME_SIZE; "": unreadable */
        int error;             /* 0, or why the state cannot be read */
        uint8_t index;
        bool disabled;
} IdleState;

typedef struct CpuState {
        unsigned id;
        unsigned n_states;
        IdleState *states;     /* by index, owned; none: no cpuidle driver on this CPU */
        EnergyValue perf_bias; /* power/energy_perf_bias */
        bool online;
} CpuState;

typedef struct Snapshot {
        char **shared; /* texts that most domains share, stored once; owned */
        size_t n_shared;
        FreqDomain *domains; /* by id */
        unsigned n_domains;
        CpuState *cpus; /* present CPUs, by id */
        unsigned n_cpus;
        char idle_driver[SNAPSHOT_NAME_SIZE]; /* "" or "none": no driver */
        char idle_governor[SNAPSHOT_NAME_SIZE];
} Snapshot;

void snapshot_done(Snapshot *snapshot);
#define _cleanup_snapshot_ _cleanup_(snapshot_done)

/* A copy of `text` that lives as long as the snapshot; equal texts share one copy. NULL when out of memory. */
const char *snapshot_share(Snapshot *snapshot, const char *text);

/* NULL when there is none with that number. */
FreqDomain *snapshot_find_domain(const Snapshot *snapshot, unsigned id);
CpuState *snapshot_find_cpu(const Snapshot *snapshot, unsigned id);
IdleState *snapshot_find_state(const Snapshot *snapshot, unsigned cpu, unsigned index);

/* Copies the present value of a knob, in sysfs' form, into buffer: 0, -ENOENT (no such object, or not read), or the
 * error of reading it. */
int snapshot_get(const Snapshot *snapshot, const KnobId *id, char buffer[static KNOB_VALUE_SIZE]);
/* Records a value that was read back or written: 0, -ENOENT, -EINVAL. */
int snapshot_set(Snapshot *snapshot, const KnobId *id, const char *value);
/* Records why a value with an error of its own (EnergyValue) cannot be read. */
void snapshot_set_error(Snapshot *snapshot, const KnobId *id, int error);

/* "POLL" (drivers/cpuidle/poll_state.c) wastes power, so a CPU must never have only this state. */
bool idle_state_is_poll(const IdleState *state);
/* Whether the TSC may stop in this state: only in ACPI's C2 and deeper; for the kernel C1E is a C1
 * (drivers/idle/intel_idle.c). Decided by name, because sysfs does not show the type. False if the name cannot be
 * read. */
bool idle_state_is_beyond_c1(const IdleState *state);
/* The state with the smallest latency that is not POLL, or NULL. */
const IdleState *cpu_shallowest_state(const CpuState *cpu);
/* The deepest state beyond C1 that an online CPU may enter, and the first such CPU; or NULL: idle is limited. The
 * shallowest state that halts does not count, whatever its name, because a CPU always keeps it. */
const IdleState *snapshot_find_allowed_deep(const Snapshot *snapshot, unsigned *ret_cpu);

/* Adds the CPUs that a knob concerns. 0 or -ENOMEM. */
int snapshot_add_cpus_of(CpuSet *cpus, const Snapshot *snapshot, const KnobId *id);
