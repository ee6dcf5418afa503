/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A simulated host behind CpuOps: it follows the kernel's rules for cpufreq and for the TSC, and has faults on demand
 */
#pragma once

#include "host/cpu.h"

typedef enum FakeFaultKind {
        FAKE_FAULT_ERROR,  /* a write fails with `error` */
        FAKE_FAULT_IGNORE, /* a write succeeds and changes nothing */
        FAKE_FAULT_VANISH, /* reads and writes fail with ENOENT, and enumerate leaves the object out */
        FAKE_FAULT_LATE,   /* a written value is seen only after `reads` reads */
} FakeFaultKind;

typedef struct FakeFault {
        KnobId id;
        FakeFaultKind kind;
        int error;
        unsigned reads;
} FakeFault;

#define FAKE_FAULTS_MAX 16

typedef struct FakePending {
        KnobId id;
        char value[KNOB_VALUE_SIZE];
        unsigned reads;
} FakePending;

typedef struct FakeHost {
        Snapshot real;
        const char *loadable; /* governors that are not listed and that a write loads, as modules */
        bool tsc_lives;
        bool constant_tsc;
        uint64_t setspeed_khz[8]; /* the speed that was requested under the governor userspace, within the limits or not
                                   */
        bool freed_by_us[8];      /* after a write through the ops the domain's governor may change the frequency */
        unsigned lost_by_us; /* how often a write through the ops cost the TSC, or a governor that it had allowed to
                                change the frequency */

        FakeFault faults[FAKE_FAULTS_MAX];
        unsigned n_faults;
        FakePending pending;
        unsigned n_writes;
        char log[8192]; /* "path=value\n" of each write attempted */
} FakeHost;

extern const CpuOps fake_host_ops;

/* n_domains domains of cpus_each CPUs at 800000 to 2600000 kHz in four steps, governor `governor` at `cur_khz`; idle
 * states POLL, C1 (2 us), C2 (75 us), C3 (100 us) on each CPU. */
void fake_host_init(FakeHost *fake, unsigned n_domains, unsigned cpus_each, const char *governor, uint64_t cur_khz);
void fake_host_done(FakeHost *fake);

void fake_host_fault(FakeHost *fake, const char *path, FakeFaultKind kind, int error_or_reads);
/* A write by another program. */
int fake_host_drift(FakeHost *fake, const char *path, const char *value);
/* Lets each governor that may change the frequency do so; `choice` selects the new frequency. */
void fake_host_tick(FakeHost *fake, unsigned choice);
/* Returns "governor=performance min=… max=…" and so on for the whole host, to compare hosts. The caller frees it. */
char *fake_host_dump(const FakeHost *fake);
