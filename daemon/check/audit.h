/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Checks a host or a guest against the KVM timekeeping recommendations, step by step, from facts that the caller has
 * read.
 */
#pragma once

#include "check/audit-steps.h"
#include "model/clock-words.h"
#include "model/host-clocks.h"

/* Decides whether this machine is checked as a host, as a guest, or, if it is a guest in which KVM runs, as both. */
void audit_find_roles(const Facts *facts, const MachineSetup *setup, bool *ret_host, bool *ret_guest);

/* Sets input->need and ->view, too. *ret must be empty and is the caller's after (audit_done). 0 or -ENOMEM. */
int audit_judge(AuditInput *input, Audit *ret);

/* One end of a migration: what its tscwardend reports, or what was read on this host. */
typedef struct MigrationEnd {
        Verdict verdict;
        const char *clocksource; /* "" unknown */
        unsigned tsc_khz;        /* 0 unknown */
        bool tsc_scaling;
} MigrationEnd;

/* Adds steps that say whether guests started `here` can continue on `there` with a right clock. `name` is the other
 * host's name. 0 or -ENOMEM. */
int audit_compare(const MigrationEnd *here, const MigrationEnd *there, const HostClocks *clocks, const char *name,
                  Audit *audit);
