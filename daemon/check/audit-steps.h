/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The steps of an audit: the input of its parts, and the list to which they add.
 */
#pragma once

#include <stdbool.h>

#include "base/macro.h"
#include "check/boot-need.h"
#include "check/machine-setup.h"
#include "check/timesync.h"
#include "model/clock-view.h"
#include "model/clock-words.h"
#include "model/facts.h"
#include "model/policy.h"
#include "model/rate-boots.h"
#include "model/snapshot.h"
#include "model/verdict.h"

typedef enum AuditResult {
        AUDIT_PASS,
        AUDIT_FAIL,
        AUDIT_WARN, /* somebody should look at it, but it is no failure */
        AUDIT_NOT_APPLICABLE,
        AUDIT_UNKNOWN, /* check could not find it out */
        AUDIT_RESULT_MAX_,
} AuditResult;

const char *audit_result_to_string(AuditResult result);

typedef enum AuditGroup {
        AUDIT_HOST,
        AUDIT_GUEST,
        AUDIT_TIME, /* for host and guest: which program sets the clock, and whether the clock is right */
        AUDIT_MIGRATION,
        AUDIT_GROUP_MAX_,
} AuditGroup;

const char *audit_group_to_string(AuditGroup group);

typedef struct AuditStep {
        AuditGroup group;
        const char *id;    /* "tsc-verdict" */
        const char *title; /* at most 18 columns */
        AuditResult result;
        char *evidence;     /* file and value; owned */
        char *advice;       /* sentences: what the result means, and what a person has to do; owned, NULL for none */
        char *fix;          /* the exact command for a root shell; owned, NULL for none */
        bool out_of_memory; /* one of these texts is missing */
} AuditStep;

#define AUDIT_STEPS_MAX 40

typedef struct Audit {
        AuditStep steps[AUDIT_STEPS_MAX];
        unsigned n;
} Audit;

void audit_done(Audit *audit);
#define _cleanup_audit_ _cleanup_(audit_done)

/* All pointers are borrowed. Everything was read at the same time. */
typedef struct AuditInput {
        bool host, guest; /* the roles to judge */
        const Facts *facts;
        const ClockView *clock;
        const char *reason_text, *remedy; /* clock_reason_text(), clock_remedy() */
        const Snapshot *snapshot;
        const Policy *policy; /* from the configuration; NULL if the configuration is refused */
        const char *never;    /* "FILE:LINE" of APPLY=never in the configuration; NULL: it has none */
        const MachineSetup *setup;
        const TimeInput *time;
        const BootConfig *boot;
        int rate_boots_error;        /* what calibrations_read() returned */
        const RateBoots *rate_boots; /* valid if rate_boots_error is 0 */

        /* audit_judge() finds these two out of the others, once for all steps. */
        BootNeed need;
        TimeView view;
} AuditInput;

/* 0: no step failed. 1: a step failed. 3: no step failed, but one could not be found out. */
int audit_exit_status(const Audit *audit);

/* Adds a step without a result. The pointer is valid as long as the audit. */
AuditStep *audit_add(Audit *audit, AuditGroup group, const char *id, const char *title);
/* Sets the result and the evidence. This and the next two functions replace an earlier text. */
void audit_set(AuditStep *step, AuditResult result, const char *format, ...) _printf_(3, 4);
void audit_advise(AuditStep *step, const char *format, ...) _printf_(2, 3);
void audit_fix(AuditStep *step, const char *format, ...) _printf_(2, 3);
/* 0, or -ENOMEM: a text of a step is missing, so the audit must not be shown. */
int audit_find_error(const Audit *audit);

/* Sets result and evidence of a step about the TSC and the clock in use. The urgency and the suspected clock decide the
 * result; model/ decides those two. */
void audit_set_tsc(const AuditInput *input, AuditStep *step);
