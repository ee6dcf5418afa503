/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The made (simulated) host: its state, and the kernel's rules that change it. No file here knows files or FUSE, and no
 * function is thread-safe: one loop serves everything, so that every test sees the same order of events
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "kmsg.h"

#define CPUS_MAX 4096U
#define NODES_MAX 1024U
/* CPUFREQ_NAME_LEN and CPUIDLE_NAME_LEN in 6.1: 16, the kernel reads "%15s" of a governor. */
#define GOVERNOR_LEN 16U

typedef struct Host Host;

typedef struct IdleState {
        char *name, *desc;
        unsigned latency, residency;
        uint64_t usage, time;
        bool disabled, off;
} IdleState;

typedef struct Policy {
        unsigned id;
        unsigned *cpus;
        size_t n_cpus;
        char *driver;
        bool setpolicy, strict;
        unsigned *freqs;
        size_t n_freqs;
        unsigned hw_min, hw_max;
        /* The limits that were written, and other limits (firmware, thermal); min and max are the result. */
        unsigned req_min, req_max, cap_min, cap_max;
        unsigned min, max, cur, setspeed;
        unsigned hw_cur, latency_ns, settle_ms;
        char governor[GOVERNOR_LEN];
        uint64_t total_trans;
        char *epp, *epps;
        bool settling;
        struct {
                char governor[GOVERNOR_LEN];
                unsigned min, max, cur;
                char *epp;
        } boot;
} Policy;

typedef struct Cpu {
        unsigned id;
        bool online;
        char *flags;
        IdleState *states;
        size_t n_states;
        Policy *policy;
        int epb;
        int resume_latency;
} Cpu;

/* A virtual machine that KVM seems to run. As the host file has it, but for \xHH in the name; NULL: not said. */
typedef struct MadeVm {
        char *name, *offsets, *ratio, *options;
        unsigned vcpus;
} MadeVm;

typedef struct NameList {
        char **names;
        size_t n;
} NameList;

typedef struct Timer Timer;
typedef void (*TimerHandler)(Host *host, void *data);

struct Host {
        Cpu *cpus;
        unsigned n_cpus;
        unsigned packages, threads;
        char *vendor, *family, *model, *model_name, *stepping, *microcode, *flags, *bugs, *cmdline;
        char *kernel, *nodes; /* as uname(2) and node/online say; NULL: this machine's own */
        double mhz;

        Policy **policies;
        size_t n_policies;
        NameList governors, loadable;
        bool cpufreq_loaded;

        char *idle_driver, *idle_governor;
        NameList idle_governors;

        NameList clocksources;
        char *clocksource, *clocksource_override;
        bool tsc_marked, tsc_leaving;
        unsigned clock_settle_ms;

        MadeVm *vms;
        size_t n_vms;

        Kmsg kmsg;
        int kmsg_open_errno;
        Timer *timers;
};

int host_init(Host *host, unsigned n_cpus);
void host_done(Host *host);

/* After the host file: derives what it left out, and the state every policy boots with. */
int host_settle_defaults(Host *host);

const char *cpu_flags(const Host *host, const Cpu *cpu);
bool host_has_flag(const Host *host, const char *flag);
unsigned host_count_online(const Host *host);

/* -EINVAL for CPU 0, which has no `online` file on x86. */
int cpu_set_online(Host *host, Cpu *cpu, bool online);

/* cpufreq.c */
int host_add_policy(Host *host, Policy *policy);
void policy_free(Policy *policy);
bool policy_is_active(const Host *host, const Policy *policy);
int policy_write_limit(Host *host, Policy *policy, bool is_max, unsigned khz);
void policy_cap_limit(Host *host, Policy *policy, bool is_max, unsigned khz);
int policy_write_governor(Host *host, Policy *policy, const char *name);
int policy_write_setspeed(Host *host, Policy *policy, unsigned khz);
/* cpuinfo_cur_freq asks the hardware, and the kernel books a difference as a transition. */
unsigned policy_read_hardware(Host *host, Policy *policy);
void policy_start(Host *host, Policy *policy);
void policy_reset(Policy *policy);
bool governor_is_free(const Policy *policy);
void host_tick(Host *host);
int host_load_cpufreq(Host *host, bool load);

/* clock.c */
bool clock_has(const Host *host, const char *name);
void clock_mark_tsc(Host *host, const char *reason);
void clock_override(Host *host, const char *name);
int clock_unbind(Host *host, const char *name);
int clock_set_available(Host *host, const char *list);
int clock_set_current(Host *host, const char *name);

/* timer.c */
int timer_add(Host *host, unsigned ms, TimerHandler handler, void *data);
/* Milliseconds until the next timer, -1 when there is none: poll(2)'s timeout. */
int timer_next(const Host *host);
void timer_run(Host *host);
void timer_done(Host *host);
