/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the timing chapter asks of a host and of a guest, step by step: facts in, judgements out.
 */
#pragma once

#include <stdbool.h>

#include "base/macro.h"
#include "model/boot-need.h"
#include "model/clock-facts.h"
#include "model/facts.h"
#include "model/snapshot.h"
#include "model/surroundings.h"
#include "model/timesync.h"
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
        const ClockFacts *clock_facts;
        const ClockView *clock;
        const char *reason_text, *remedy; /* clock_reason_text(), clock_remedy() */
        const Snapshot *snapshot;
        const char
                *governor_source; /* where the policy's governor stands: "/etc/default/tscwarden:3"; NULL: built in */
        const Surroundings *around;
        const TimeInput *time;
        const BootConfig *boot;
} AuditInput;

/* Both roles where KVM runs in a guest. */
void audit_find_roles(const Facts *facts, const Surroundings *around, bool *ret_host, bool *ret_guest);

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
int audit_compare(const MigrationEnd *here, const MigrationEnd *there, const char *name, Audit *audit);

/* 0 nothing failed, 1 something did, 3 nothing did but something could not be found out. */
int audit_exit_status(const Audit *audit);

/* For audit*.c only: a further step and its texts. The pointer holds as long as the audit; out of memory shows in the
 * audit. */
AuditStep *audit_add(Audit *audit, AuditGroup group, const char *id, const char *title, AuditResult result,
                     const char *format, ...) _printf_(6, 7);
void audit_advise(Audit *audit, AuditStep *step, const char *format, ...) _printf_(3, 4);
void audit_fix(Audit *audit, AuditStep *step, const char *format, ...) _printf_(3, 4);
void audit_host(const AuditInput *input, Audit *audit);
void audit_boot_parameters(const AuditInput *input, Audit *audit, const BootNeed *need);
/* Names `kargs apply` only where it would do it; elsewhere `kargs plan`, which says what to do. */
void audit_fix_by_parameters(const AuditInput *input, Audit *audit, AuditStep *step, const BootNeed *need);
bool audit_needs_only_reboot(const BootNeed *need);
bool audit_in_use(Verdict verdict);
void audit_guest(const AuditInput *input, Audit *audit);
void audit_time(const AuditInput *input, Audit *audit);
