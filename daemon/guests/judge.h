/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Judges one guest's clock by what the host can see of it. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "guests/vm-agent.h"
#include "guests/vm-clock.h"

typedef struct GuestVcpu {
        bool has_offset, has_ratio;
        uint64_t offset; /* in cycles of the guest's TSC, modulo 2^64 */
        uint64_t ratio;  /* the guest's rate over the host's, times 2^frac_bits of its Guest */
} GuestVcpu;

/* A virtual machine as it was read. */
typedef struct Guest {
        uint32_t pid;          /* of the process; 0: not known */
        char *name;            /* owned, escaped (text_escape()), never NULL */
        uint64_t started_usec; /* the process, CLOCK_REALTIME; 0: not known */
        VmClock clock;
        VmAgent agent;
        GuestVcpu *vcpus; /* owned */
        size_t n_vcpus;
        unsigned frac_bits; /* 0: not known */
} Guest;

void guest_vm_done(Guest *guest);

/* What matters about the host. */
typedef struct GuestHost {
        int tsc_in_use;     /* whether KVM takes its clock from the TSC: 1, 0, or -1: not known */
        unsigned tsc_khz;   /* 0: not known */
        uint64_t lost_usec; /* CLOCK_REALTIME of the loss of a TSC that was in use; 0: no such loss, or not known */
} GuestHost;

/* Whether KVM can derive its clock from that clocksource: 1, 0, or -1 for "" (not known). Besides the TSC this is
 * Hyper-V's TSC page, which computes the time from it (arch/x86/kvm/x86.c gtod_is_based_on_tsc()). */
int guest_host_tsc(const char *clocksource);

typedef enum TscStable {
        TSC_STABLE_UNKNOWN,
        TSC_STABLE_YES,
        TSC_STABLE_NO,
        TSC_STABLE_NOT_APPLICABLE, /* the host cannot see it */
} TscStable;

typedef enum Migration {
        MIGRATION_UNKNOWN,
        MIGRATION_OPEN, /* no option of its clock prevents it */
        MIGRATION_BLOCKED,
} Migration;

typedef enum GuestProblem {
        GUEST_HOST_TSC,       /* the host's TSC is not in use */
        GUEST_OFFSETS_DIFFER, /* the offsets of its vCPUs' TSCs differ */
        GUEST_RATES_DIFFER,   /* its vCPUs' TSCs run at different rates */
        GUEST_INVTSC_PINNED,  /* invtsc without tsc-frequency */
        GUEST_HV_PINNED,      /* hv-reenlightenment without tsc-frequency */
        GUEST_NO_CLOCK,       /* offered no clock but emulated ones */
        GUEST_RTC_LOCAL,  /* local time in the RTC without hv-time: Windows' slow timers, or a wrong clock elsewhere */
        GUEST_RTC_STANDS, /* -rtc clock=vm */
        GUEST_SCALED,     /* its TSC is scaled */
        GUEST_STARTED_EARLIER, /* before the host lost its TSC */
        GUEST_PROBLEM_MAX_,
} GuestProblem;

const char *tsc_stable_to_string(TscStable stable);   /* "yes", "no", "unknown", "n/a" */
const char *migration_to_string(Migration migration); /* "unknown", "open", "blocked" */

typedef struct GuestProblemText {
        const char *name;   /* "offsets-differ" */
        const char *text;   /* what it means */
        const char *advice; /* what to do; "" for nothing */
} GuestProblemText;

extern const GuestProblemText guest_problems[GUEST_PROBLEM_MAX_];

/* A reason: of an encrypted guest the host cannot see the TSC. */
#define GUEST_PROTECTED "the guest's TSC is protected (SEV-SNP or TDX): the host cannot see it"

typedef struct GuestVerdict {
        TscStable stable;
        const char *reason; /* one sentence, static */
        bool has_spread, has_spread_nsec;
        uint64_t spread_cycles, spread_nsec; /* between the vCPUs that are furthest apart */
        unsigned tsc_khz;                    /* the guest's; 0: not known */
        int scaled;                          /* 1, 0, or -1: not known */
        Migration migration;
        unsigned problems; /* mask of 1 << GuestProblem */
} GuestVerdict;

/* Where a file was missing or could not be read, the answer is "unknown", never "yes". */
void guest_judge(const Guest *guest, const GuestHost *host, GuestVerdict *ret);
