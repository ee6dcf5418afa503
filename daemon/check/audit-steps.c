/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "check/audit-steps.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/log.h"
#include "model/clock-words.h"

const char *audit_result_to_string(AuditResult result)
{
        static const char *const words[AUDIT_RESULT_MAX_] = {
                [AUDIT_PASS] = "pass",       [AUDIT_FAIL] = "fail",
                [AUDIT_WARN] = "warn",       [AUDIT_NOT_APPLICABLE] = "not-applicable",
                [AUDIT_UNKNOWN] = "unknown",
        };

        return words[result];
}

const char *audit_group_to_string(AuditGroup group)
{
        static const char *const words[AUDIT_GROUP_MAX_] = {
                [AUDIT_HOST] = "host",
                [AUDIT_GUEST] = "guest",
                [AUDIT_TIME] = "time",
                [AUDIT_MIGRATION] = "migration",
        };

        return words[group];
}

void audit_done(Audit *audit)
{
        for (unsigned i = 0; i < audit->n; i++) {
                free(audit->steps[i].evidence);
                free(audit->steps[i].advice);
                free(audit->steps[i].fix);
        }
        *audit = (Audit) {};
}

static char *format_text(Audit *audit, const char *format, va_list ap) __attribute__((format(printf, 2, 0)));
static char *format_text(Audit *audit, const char *format, va_list ap)
{
        char *text = text_format_valist(format, ap);

        audit->out_of_memory |= !text;
        return text;
}

AuditStep *audit_add(Audit *audit, AuditGroup group, const char *id, const char *title, AuditResult result,
                     const char *format, ...)
{
        AuditStep *step = &audit->steps[audit->n++];
        va_list ap;

        *step = (AuditStep) { .group = group, .id = id, .title = title, .result = result };
        va_start(ap, format);
        step->evidence = format_text(audit, format, ap);
        va_end(ap);
        return step;
}

void audit_advise(Audit *audit, AuditStep *step, const char *format, ...)
{
        va_list ap;

        va_start(ap, format);
        step->advice = format_text(audit, format, ap);
        va_end(ap);
}

void audit_fix(Audit *audit, AuditStep *step, const char *format, ...)
{
        va_list ap;

        va_start(ap, format);
        step->fix = format_text(audit, format, ap);
        va_end(ap);
}

AuditResult audit_clock_result(const ClockView *clock)
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

bool audit_in_use(Verdict verdict)
{
        return verdict == VERDICT_STABLE || verdict == VERDICT_TRUSTED || verdict == VERDICT_UNVERIFIED;
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
