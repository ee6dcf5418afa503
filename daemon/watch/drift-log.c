/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Logs foreign writes: equal ones are merged into one line, and the number of lines per minute is limited.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/fields.h"
#include "base/log.h"
#include "base/time.h"
#include "host/clocksource.h"
#include "model/knob.h"
#include "watch/drift-internal.h"

#define MESSAGE_DRIFT "d08b3401c5d04c3db733cc014b3b0749"
#define MESSAGE_CONTESTED "d983e2c65b98498c812295e6b1bc6bae"

#define WINDOW_USEC 60000000
#define LINES_MAX 8
/* A contest has one line at its beginning and one at its end. These lines are logged first. */
#define CONTEST_LINES_MAX 12

static bool may_tell(DriftMonitor *d, unsigned n_max)
{
        uint64_t now = time_usec(CLOCK_MONOTONIC);

        if (now >= d->window_usec && d->n_held_back == 0) {
                d->window_usec = now + WINDOW_USEC;
                d->n_lines = 0;
        }
        if (d->n_lines >= n_max)
                return false;
        d->n_lines++;
        return true;
}

/* Takes over `text`. */
static void hold_back(DriftMonitor *d, char *text)
{
        d->n_held_back++;
        free(d->last_held_back);
        d->last_held_back = text;
}

void drift_tell_rest(DriftMonitor *d, uint64_t now_usec)
{
        if (d->n_held_back == 0 || now_usec < d->window_usec)
                return;
        log_message(LOG_NOTICE, "%u more event%s of this kind in the last minute; the last: %s", d->n_held_back,
                    d->n_held_back == 1 ? "" : "s", d->last_held_back ? d->last_held_back : "out of memory");
        free(d->last_held_back);
        d->last_held_back = NULL;
        d->n_held_back = 0;
        d->window_usec = 0;
}

/* "scaling_governor of cpufreq/policy0 and 3 more" */
static char *objects_format(const KnobId *id, unsigned n)
{
        char object[KNOB_NAME_SIZE];

        knob_object_format(id, object);
        if (n > 1)
                return text_format("%s of %s and %u more", knob_to_string(id->knob), object, n - 1);
        else
                return text_format("%s of %s", knob_to_string(id->knob), object);
}

void drift_tidy_opponents(DriftMonitor *d)
{
        size_t n = 0;

        for (size_t i = 0; i < d->n_opponents; i++) {
                const DriftAccount *account = drift_find(&d->accounts, &d->opponents[i].id);

                if (account && drift_is_contested(account))
                        d->opponents[n++] = d->opponents[i];
                else
                        free(d->opponents[i].writer);
        }
        d->n_opponents = n;
}

static void keep_opponent(DriftMonitor *d, const Report *report)
{
        char *writer = writer_format_public(drift_writer(d, report->writer));
        Opponent *opponent = NULL;

        for (size_t i = 0; i < d->n_opponents && !opponent; i++)
                if (knob_id_compare(&d->opponents[i].id, &report->id) == 0)
                        opponent = &d->opponents[i];
        if (!opponent)
                opponent = drift_append(&d->opponents, &d->n_opponents, sizeof(Opponent));
        if (!opponent) {
                free(writer);
                return;
        }
        free(opponent->writer);
        *opponent = (Opponent) { .id = report->id, .writer = writer };
}

static char *report_format(const DriftMonitor *d, const Report *r, unsigned n, const char *writer)
{
        _cleanup_free_ char *objects = objects_format(&r->id, n);
        const char *were = n > 1 ? "were" : "was";
        const char *end = " is what the policy asks for, but the daemon could not set it";

        if (!objects)
                return NULL;
        switch (r->kind) {
        case REPORT_LIMITED:
                return text_format("%s %s lowered to %s by %s, which cools the CPU; the daemon leaves it. The "
                                   "policy asks for %s.",
                                   objects, were, r->actual, writer, r->wanted);
        case REPORT_CONTEST:
                return text_format(
                        "%s %s changed %d times within a minute, the last time to %s by %s. Two programs set it, so "
                        "the daemon leaves it alone for now and sets it to %s again after %" PRIu64
                        " s without a change. Each further change doubles the wait, up to 10 minutes. Stop the other "
                        "program, or set DRIFT=report.",
                        objects, were, DRIFT_LOSSES_MAX, r->actual, writer, r->wanted,
                        DRIFT_BACKOFF_MIN_USEC / 1000000);
        default:
                if (r->repaired)
                        end = " again";
                else if (d->accounts.report_only)
                        end = " is what the policy asks for (DRIFT=report)";
                return text_format("%s %s changed to %s by %s: %s%s%s.", objects, were, r->actual, writer,
                                   r->repaired ? "set to " : "", r->wanted, end);
        }
}

static void tell_report(DriftMonitor *d, const Report *r, unsigned n)
{
        const Writer *w = drift_writer(d, r->writer);
        _cleanup_free_ char *writer = writer_format(w), *known = writer_format_public(w);
        _cleanup_free_ char *public_text = known ? report_format(d, r, n, known) : NULL;
        _cleanup_fields_ Fields fields = {};
        char object[KNOB_NAME_SIZE], pid[16];
        bool contest = r->kind == REPORT_CONTEST;
        char *text = writer ? report_format(d, r, n, writer) : NULL;

        if (!text || !may_tell(d, contest ? CONTEST_LINES_MAX : LINES_MAX)) {
                hold_back(d, text);
                return;
        }
        snprintf(pid, sizeof(pid), "%d", (int)w->pid);
        fields_add(&fields, "TSCWARDEN_OBJECT", knob_object_format(&r->id, object));
        fields_add(&fields, "TSCWARDEN_KNOB", knob_to_string(r->id.knob));
        fields_add(&fields, "TSCWARDEN_WANTED", r->wanted);
        fields_add(&fields, "TSCWARDEN_ACTUAL", r->actual);
        fields_add(&fields, "TSCWARDEN_WRITER", writer);
        fields_add(&fields, "TSCWARDEN_WRITER_PID", w->pid ? pid : NULL);
        fields_add(&fields, "TSCWARDEN_WRITER_UNIT", w->unit);
        d->callbacks->on_event(contest ? LOG_WARNING : LOG_NOTICE, contest ? "contested" : "drift",
                               contest ? MESSAGE_CONTESTED : MESSAGE_DRIFT, fields.all, text, public_text, d->userdata);
        free(text);
}

static bool reports_are_alike(const Report *a, const Report *b)
{
        return a->kind == b->kind && a->id.knob == b->id.knob && a->writer == b->writer && a->repaired == b->repaired &&
               strcmp(a->wanted, b->wanted) == 0 && strcmp(a->actual, b->actual) == 0;
}

static void signal_report(DriftMonitor *d, const Report *r)
{
        const Writer *w = drift_writer(d, r->writer);
        _cleanup_free_ char *writer = writer_format_name(w);

        DriftReport report = {
                .id = r->id,
                .wanted = r->wanted,
                .actual = r->actual,
                .pid = w->pid,
                .writer = writer ? writer : "",
                .repaired = r->repaired,
        };

        d->callbacks->on_report(&report, d->userdata);
}

uint64_t drift_reports_due(const DriftMonitor *d)
{
        uint64_t now = time_usec(CLOCK_MONOTONIC), due = 0;

        for (size_t i = 0; i < d->n_reports && d->in_force && !d->stopped; i++)
                if (d->reports[i].due_usec > now && d->reports[i].due_usec > due)
                        due = d->reports[i].due_usec;
        return due;
}

void drift_tell_reports(DriftMonitor *d)
{
        for (size_t i = 0; i < d->n_reports; i++) {
                Report *report = &d->reports[i];
                unsigned n = 1;

                if (report->kind != REPORT_LIMITED)
                        signal_report(d, report);
                if (report->kind == REPORT_CONTEST || report->kind == REPORT_AGAIN)
                        keep_opponent(d, report);
                if (report->grouped || report->kind == REPORT_AGAIN)
                        continue;
                for (size_t j = i + 1; j < d->n_reports; j++)
                        if (reports_are_alike(report, &d->reports[j])) {
                                d->reports[j].grouped = true;
                                n++;
                        }
                tell_report(d, report, n);
        }
        d->n_reports = 0;
}

void drift_tell_over(DriftMonitor *d, const KnobId *ids, size_t n)
{
        _cleanup_free_ char *objects = objects_format(ids, (unsigned)n);
        char *text = NULL;

        if (objects && asprintf(&text, "%s %s as configured again; nobody else has written there since.", objects,
                                n > 1 ? "are" : "is") < 0)
                text = NULL;
        if (text && may_tell(d, CONTEST_LINES_MAX))
                log_message(LOG_NOTICE, "%s", text);
        else
                hold_back(d, TAKE_PTR(text));
        free(text);
}

void drift_tell_clocksource(DriftMonitor *d, const Writer *writer)
{
        _cleanup_free_ char *who = writer_format(writer), *current = NULL, *available = NULL;
        char *text = NULL;
        bool same;

        if (clocksource_read(&current, &available) < 0 || !who)
                return;
        /* An open with O_TRUNC is reported like a write, and some writes fail. */
        same = d->clocksource && current && strcmp(d->clocksource, current) == 0;
        free(d->clocksource);
        d->clocksource = current ? strdup(current) : NULL;
        if (same || asprintf(&text, "%s wrote to current_clocksource; the current clocksource is %s.", who,
                             current ? current : "unknown") < 0)
                return;
        if (may_tell(d, LINES_MAX)) {
                log_message(LOG_NOTICE, "%s", text);
                free(text);
        } else
                hold_back(d, text);
}
