/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "manager/clock-log.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fields.h"
#include "base/log.h"
#include "host/dmi.h"
#include "model/clock-advice.h"
#include "model/clock-view.h"
#include "model/clock-words.h"

#define MESSAGE_TSC_LOST "957bb6dbc93349d5b7dd10eeade1a8f4"
#define MESSAGE_CLOCKSOURCE_CHANGED "d9831791dc5d4a948d3f30b647829dc7"
#define MESSAGE_TSC_UNVERIFIED "e51e2bb0c71448e3a94c611715ba17c1"
#define MESSAGE_CONTRADICTION "55bcbef7456843db8713554ee491a72b"

static void fields_add_view(Fields *fields, const ClockView *view)
{
        char since[24];

        snprintf(since, sizeof(since), "%" PRIu64, view->since_usec);
        fields_add(fields, "TSCWARDEN_VERDICT", verdict_to_string(view->verdict));
        fields_add(fields, "TSCWARDEN_REASON",
                   view->reason == REASON_NONE ? "none" : clock_reason_to_string(view->reason));
        fields_add(fields, "TSCWARDEN_SUSPECT", suspect_to_string(view->suspect));
        fields_add(fields, "TSCWARDEN_URGENCY", urgency_to_string(view->urgency));
        fields_add(fields, "TSCWARDEN_EXPECTED", view->expected ? "yes" : "no");
        fields_add(fields, "TSCWARDEN_CLOCKSOURCE", view->clocksource);
        fields_add(fields, "TSCWARDEN_SINCE_MONOTONIC_USEC", view->since_usec ? since : "");
        fields_add(fields, "TSCWARDEN_KERNEL_LINE", view->kernel_line);
}

static int urgency_level(const ClockView *view)
{
        static const int levels[URGENCY_MAX_] = {
                [URGENCY_NONE] = LOG_INFO, [URGENCY_TICKET] = LOG_WARNING, [URGENCY_EVACUATE] = LOG_ERR
        };

        /* An expected loss comes at every boot. A warning each time would tell nobody anything new. */
        if (view->expected && view->urgency == URGENCY_TICKET)
                return LOG_NOTICE;
        return levels[view->urgency];
}

static void log_lost(const ClockLog *log, const ClockView *view)
{
        _cleanup_free_ char *reason = clock_reason_text(log->clock), *remedy = clock_remedy(log->clock);
        _cleanup_free_ char *board = NULL, *bios = NULL, *line = text_escape(view->kernel_line);
        _cleanup_free_ char *vms = log->vms ? text_escape(log->vms) : NULL;
        _cleanup_fields_ Fields fields = {};

        if (!reason || !remedy || !line || !vms) {
                log_message(LOG_ERR, "The TSC is lost until the next boot.");
                return;
        }
        fields_add_view(&fields, view);
        if (!view->expected && dmi_read(&board, &bios) == 0) {
                fields_add(&fields, "TSCWARDEN_BOARD", board);
                fields_add(&fields, "TSCWARDEN_BIOS", bios);
                fields_add(&fields, "TSCWARDEN_MICROCODE", log->microcode);
        }
        fields_add(&fields, "TSCWARDEN_VMS", log->vms);
        events_log(log->events, urgency_level(view), "tsc-lost", MESSAGE_TSC_LOST, fields.all, "%s %s%s%s%s%s%s%s%s%s",
                   view->urgency == URGENCY_NONE ? "The kernel has given up the TSC." :
                                                   "The TSC is lost until the next boot.",
                   reason, remedy[0] ? " " : "", remedy, vms[0] ? " Virtual machines that ran: " : "", vms,
                   vms[0] ? "." : "", line[0] ? " (kernel: " : "", line, line[0] ? ")" : "");
}

static void log_unverified(const ClockLog *log, const ClockView *view)
{
        _cleanup_free_ char *reason = clock_reason_text(log->clock), *remedy = clock_remedy(log->clock);
        _cleanup_fields_ Fields fields = {};

        fields_add_view(&fields, view);
        events_log(log->events, urgency_level(view), "tsc-unverified", MESSAGE_TSC_UNVERIFIED, fields.all, "%s%s%s",
                   reason ? reason : "Nothing checks the TSC.", remedy && remedy[0] ? " " : "", remedy ? remedy : "");
}

static void log_clocksource(const ClockLog *log, const ClockView *view, const char *old)
{
        _cleanup_fields_ Fields fields = {};

        fields_add_view(&fields, view);
        fields_add(&fields, "TSCWARDEN_OLD_CLOCKSOURCE", old);
        events_log(log->events, LOG_NOTICE, "clocksource-changed", MESSAGE_CLOCKSOURCE_CHANGED, fields.all,
                   "The clocksource changed from %s to %s.", old[0] ? old : "an unknown one", view->clocksource);
}

static void log_verdict(const ClockLog *log, const ClockView *view)
{
        if (view->verdict == VERDICT_UNSTABLE)
                log_lost(log, view);
        else if (view->verdict == VERDICT_UNVERIFIED)
                log_unverified(log, view);
}

void clock_log_verdict(const ClockLog *log)
{
        ClockView view;

        clock_get(log->clock, &view);
        log_verdict(log, &view);
}

static void log_line(unsigned mask, const char *line)
{
        static const struct {
                ClockChange change;
                int level;
                const char *what;
        } rows[] = {
                { CLOCK_LINE_WITHOUT_EFFECT, LOG_WARNING,
                  "A line in the kernel's log says that the TSC is given up, but the kernel still offers the TSC. "
                  "The daemon ignores the line" },
                { CLOCK_TSC_ADJUSTED, LOG_WARNING, "Firmware changed the TSC; the kernel repaired it" },
                { CLOCK_OTHER_MARKED, LOG_INFO, "The kernel gave up another clocksource" },
                { CLOCK_CALIBRATION_DIFFERS, LOG_INFO, "The kernel doubts its calibration of the TSC" },
                { CLOCK_KVM_WARNED, LOG_INFO, "KVM warns about the TSC" },
                { CLOCK_OVERRIDE_REFUSED, LOG_INFO, "The kernel refuses a clocksource that somebody asked for" },
        };
        _cleanup_free_ char *safe = text_escape(line);

        for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
                if (mask & rows[i].change)
                        log_message(rows[i].level, "%s: %s", rows[i].what, safe ? safe : "");
}

void clock_log_changes(const ClockLog *log, const ClockChanges *changes)
{
        ClockView view;

        clock_get(log->clock, &view);
        if (changes->mask & CLOCK_CHANGED_CLOCKSOURCE)
                log_clocksource(log, &view, changes->old_clocksource);
        if ((changes->mask & CLOCK_CHANGED_VERDICT) && changes->old_verdict != view.verdict)
                log_verdict(log, &view);
        log_line(changes->mask, changes->text);
}

unsigned clock_log_advice(Events *events, const Facts *facts, unsigned mask, unsigned logged)
{
        unsigned advice = clock_advice(facts) & mask;

        for (AdviceKind kind = 0; kind < ADVICE_MAX_; kind++) {
                _cleanup_free_ char *text = NULL;

                if (!(advice & ~logged & (1U << kind)))
                        continue;
                text = clock_advice_format(facts, kind);
                if (text)
                        events_log(events, LOG_WARNING, "contradiction", MESSAGE_CONTRADICTION, NULL, "%s", text);
        }
        return advice;
}
