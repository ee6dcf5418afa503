/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Checks a host or a guest against the KVM timekeeping recommendations, step by step. Facts go in, judgements come
 * out.
 */
#pragma once

#include "check/audit-steps.h"
#include "model/clock-words.h"
#include "model/host-clocks.h"

/* Both roles where KVM runs in a guest. */
void audit_find_roles(const Facts *facts, const MachineSetup *setup, bool *ret_host, bool *ret_guest);

/* *ret must be empty and is the caller's after (audit_done). 0 or -ENOMEM. */
int audit_judge(const AuditInput *input, Audit *ret);

/* One end of a migration, as a tscwardend says it, or as read here. */
typedef struct MigrationEnd {
        Verdict verdict;
        const char *clocksource; /* "" unknown */
        unsigned tsc_khz;        /* 0 unknown */
        bool tsc_scaling;
} MigrationEnd;

/* KVM's parameter tsc_tolerance_ppm where nobody set it otherwise: a guest's TSC is run without scaling up to there
 * (arch/x86/kvm/x86.c kvm_set_tsc_khz). */
#define KVM_TSC_TOLERANCE_PPM 250

/* Adds whether `there` can carry on the clocks of guests that were started `here`. `name` is the other host's;
 * escaped here. 0 or -ENOMEM. */
int audit_compare(const MigrationEnd *here, const MigrationEnd *there, const HostClocks *clocks, const char *name,
                  Audit *audit);
