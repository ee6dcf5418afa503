/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "check/audit-steps.h"

#include <errno.h>
#include <stdarg.h>

#include "base/log.h"
#include "model/clock-words.h"

static const char *const result_words[AUDIT_RESULT_MAX_] = {
        [AUDIT_PASS] = "pass",       [AUDIT_FAIL] = "fail",
        [AUDIT_WARN] = "warn",       [AUDIT_NOT_APPLICABLE] = "not-applicable",
        [AUDIT_UNKNOWN] = "unknown",
};
DEFINE_TO_STRING(audit_result, AuditResult, result_words);

static const char *const group_words[AUDIT_GROUP_MAX_] = {
        [AUDIT_HOST] = "host",
        [AUDIT_GUEST] = "guest",
        [AUDIT_TIME] = "time",
        [AUDIT_MIGRATION] = "migration",
};
DEFINE_TO_STRING(audit_group, AuditGroup, group_words);

void audit_done(Audit *audit)
{
        for (unsigned i = 0; i < audit->n; i++) {
                free(audit->steps[i].evidence);
                free(audit->steps[i].advice);
                free(audit->steps[i].fix);
        }
        *audit = (Audit) {};
}

AuditStep *audit_add(Audit *audit, AuditGroup group, const char *id, const char *title)
{
        AuditStep *step = &audit->steps[audit->n++];

        *step = (AuditStep) { .group = group, .id = id, .title = title };
        return step;
}

static void replace_text(AuditStep *step, char **text, const char *format, va_list ap)
        __attribute__((format(printf, 3, 0)));
static void replace_text(AuditStep *step, char **text, const char *format, va_list ap)
{
        free(*text);
        *text = text_format_valist(format, ap);
        step->out_of_memory |= !*text;
}

void audit_set(AuditStep *step, AuditResult result, const char *format, ...)
{
        va_list ap;

        step->result = result;
        va_start(ap, format);
        replace_text(step, &step->evidence, format, ap);
        va_end(ap);
}

void audit_advise(AuditStep *step, const char *format, ...)
{
        va_list ap;

        va_start(ap, format);
        replace_text(step, &step->advice, format, ap);
        va_end(ap);
}

void audit_fix(AuditStep *step, const char *format, ...)
{
        va_list ap;

        va_start(ap, format);
        replace_text(step, &step->fix, format, ap);
        va_end(ap);
}

int audit_find_error(const Audit *audit)
{
        for (unsigned i = 0; i < audit->n; i++)
                if (audit->steps[i].out_of_memory)
                        return -ENOMEM;
        return 0;
}

static AuditResult clock_result(const ClockView *clock)
{
        if (clock->verdict == VERDICT_UNKNOWN)
                return AUDIT_UNKNOWN;
        /* Not urgent: no program here has a worse clock. For example a guest that runs on its hypervisor's clock, or
         * tsc=nowatchdog on a CPU with a good TSC. */
        if (clock->urgency == URGENCY_NONE)
                return clock->suspect == SUSPECT_NONE || clock->suspect == SUSPECT_DESIGN ? AUDIT_PASS : AUDIT_WARN;
        /* The kernel does not check this TSC, but there is no evidence against it either: a warning. */
        return clock->verdict == VERDICT_UNVERIFIED && clock->suspect == SUSPECT_NONE ? AUDIT_WARN : AUDIT_FAIL;
}

void audit_set_tsc(const AuditInput *input, AuditStep *step)
{
        const ClockView *clock = input->clock;

        audit_set(step, clock_result(clock), "%s: %s clocksource0/current_clocksource: %s, available: %s.%s%s",
                  verdict_to_string(clock->verdict), input->reason_text,
                  clock->clocksource[0] ? clock->clocksource : "unknown",
                  clock->available[0] ? clock->available : "unknown", clock->kernel_line[0] ? " The kernel: " : "",
                  clock->kernel_line);
}

int audit_exit_status(const Audit *audit)
{
        int status = 0;

        for (unsigned i = 0; i < audit->n; i++) {
                if (audit->steps[i].result == AUDIT_FAIL)
                        return 1;
                if (audit->steps[i].result == AUDIT_UNKNOWN)
                        status = 3;
        }
        return status;
}
