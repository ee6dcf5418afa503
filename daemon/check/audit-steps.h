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
        AUDIT_WARN, /* to be looked at; nothing that fails by itself */
        AUDIT_NOT_APPLICABLE,
        AUDIT_UNKNOWN, /* could not be found out */
        AUDIT_RESULT_MAX_,
} AuditResult;

const char *audit_result_to_string(AuditResult result);

typedef enum AuditGroup {
        AUDIT_HOST,
        AUDIT_GUEST,
        AUDIT_TIME, /* of both: who keeps the time */
        AUDIT_MIGRATION,
        AUDIT_GROUP_MAX_,
} AuditGroup;

const char *audit_group_to_string(AuditGroup group);

typedef struct AuditStep {
        AuditGroup group;
        const char *id;    /* "tsc-verdict" */
        const char *title; /* at most 18 columns */
        AuditResult result;
        char *evidence; /* file and value; owned, escaped */
        char *advice;   /* sentences: what it means, what a command cannot do; owned, escaped, NULL for none */
        char *fix;      /* the exact command for a root shell; owned, escaped, NULL for none */
} AuditStep;

#define AUDIT_STEPS_MAX 40

typedef struct Audit {
        AuditStep steps[AUDIT_STEPS_MAX];
        unsigned n;
        bool out_of_memory; /* a text is missing: show nothing */
} Audit;

void audit_done(Audit *audit);
#define _cleanup_audit_ _cleanup_(audit_done)

/* All borrowed; of the same moment. */
typedef struct AuditInput {
        bool host, guest; /* the roles to judge */
        const Facts *facts;
        const ClockView *clock;
        const char *reason_text, *remedy; /* clock_reason_text(), clock_remedy() */
        const Snapshot *snapshot;
        const Policy *policy; /* of the configuration; NULL: it is refused */
        const char *never;    /* "FILE:LINE" of its APPLY=never; NULL: it has none */
        const MachineSetup *setup;
        const TimeInput *time;
        const BootConfig *boot;
        int rate_boots_error;        /* of calibrations_read() */
        const RateBoots *rate_boots; /* when that is 0 */
} AuditInput;

/* 0 nothing failed, 1 something did, 3 nothing did but something could not be found out. */
int audit_exit_status(const Audit *audit);

/* A further step and its texts. The pointer holds as long as the audit; out of memory shows in the
 * audit. */
AuditStep *audit_add(Audit *audit, AuditGroup group, const char *id, const char *title, AuditResult result,
                     const char *format, ...) _printf_(6, 7);
void audit_advise(Audit *audit, AuditStep *step, const char *format, ...) _printf_(3, 4);
void audit_fix(Audit *audit, AuditStep *step, const char *format, ...) _printf_(3, 4);

/* What model/ says of the TSC and of the clock in use, as a result: how soon somebody has to act decides, and which clock is convicted. */
AuditResult audit_clock_result(const ClockView *clock);
/* The TSC is the clocksource. */
bool audit_in_use(Verdict verdict);
