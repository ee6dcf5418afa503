/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Decides whether a value that was written, or may have been, is a drift, and what to do about it.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/time.h"
#include "model/frequency.h"
#include "model/knob.h"
#include "model/plan-types.h"
#include "watch/drift-internal.h"

static void add_report(DriftMonitor *d, ReportKind kind, const Touched *touched, const char *wanted, const char *actual)
{
        Report *report = drift_append(&d->reports, &d->n_reports, sizeof(Report));

        /* Out of memory the knob is repaired nevertheless. */
        if (!report)
                return;
        report->kind = kind;
        report->id = touched->id;
        report->writer = touched->writer;
        snprintf(report->wanted, sizeof(report->wanted), "%s", wanted);
        snprintf(report->actual, sizeof(report->actual), "%s", actual);
}

/* A value that the daemon failed to set is no drift until somebody writes to the knob. */
static bool is_off(const Touched *touched, const Step *step, const DriftAccount *account, const char *now)
{
        if (!step)
                return false;
        if (account && account->off)
                return touched->heard;
        return !touched->left_known || strcasecmp(now, touched->left) != 0;
}

static void report_limited(DriftMonitor *d, const Touched *touched, const DriftAccount *account, const Step *step,
                           const char *now)
{
        if (!account || account->limit != DRIFT_LIMIT_OF_WRITER)
                add_report(d, REPORT_LIMITED, touched, step->to, now);
        (void)drift_set_limit(&d->accounts, &touched->id, DRIFT_LIMIT_OF_WRITER);
}

/* Firmware and the kernel lower a maximum, and with it a minimum above it, without a write. */
static bool is_lowered(const Snapshot *host, const Step *step, const char *now)
{
        char max[KNOB_VALUE_SIZE];
        KnobId id = step->id;

        if (!knob_is_frequency(id.knob) || !frequency_is_lower(now, step->to))
                return false;
        if (id.knob == KNOB_SCALING_MAX_FREQ)
                return true;
        if (id.knob != KNOB_SCALING_MIN_FREQ)
                return false;
        id.knob = KNOB_SCALING_MAX_FREQ;
        return snapshot_get(host, &id, max) == 0 && strcmp(now, max) == 0;
}

/* Whether the knob is to be repaired. `step`: what the plan would do about it, or NULL. */
static bool judge_knob(DriftMonitor *d, const Snapshot *host, const Touched *touched, const Step *step)
{
        static const ReportKind kinds[] = {
                [DRIFT_LOST] = REPORT_DRIFT,
                [DRIFT_CONTEST] = REPORT_CONTEST,
                [DRIFT_ON_AGAIN] = REPORT_AGAIN,
        };
        const DriftAccount *account = drift_find(&d->accounts, &touched->id);
        DriftAnswer answer = DRIFT_NO_NEWS;
        char now[KNOB_VALUE_SIZE];
        bool off;

        if (snapshot_get(host, &touched->id, now) < 0)
                return false;
        off = is_off(touched, step, account, now);
        if (step && !off)
                return false;
        if (off && touched->found && !touched->heard && is_lowered(host, step, now))
                return false;
        if (off && touched->id.knob == KNOB_SCALING_MAX_FREQ && frequency_is_lower(now, step->to) &&
            writer_is_thermal(drift_writer(d, touched->writer))) {
                report_limited(d, touched, account, step, now);
                return false;
        }
        if (drift_feed(&d->accounts, &touched->id, time_usec(CLOCK_MONOTONIC), off, &answer) < 0)
                return off && !d->accounts.report_only;
        if (answer != DRIFT_NO_NEWS)
                add_report(d, kinds[answer], touched, step->to, now);
        return answer == DRIFT_LOST && !d->accounts.report_only;
}

int drift_judge(DriftMonitor *d, const Snapshot *host, const Plan *plan, const Touched *touched, size_t n,
                bool steps_only, bool *ret_repair)
{
        _cleanup_free_ const Step **steps = calloc(n + 1, sizeof(Step *));

        if (!steps)
                return -ENOMEM;
        /* bsearch(3) takes no NULL. */
        if (n == 0)
                return 0;
        /* Keeps the last step of each knob: an earlier one may be a temporary freeze. */
        for (size_t i = 0; i < plan->n_steps; i++) {
                const Touched *of_step = bsearch(&plan->steps[i].id, touched, n, sizeof(Touched), knob_element_compare);

                if (of_step)
                        steps[of_step - touched] = &plan->steps[i];
        }
        for (size_t i = 0; i < n; i++)
                if ((steps[i] || !steps_only) && judge_knob(d, host, &touched[i], steps[i]))
                        *ret_repair = true;
        return 0;
}
