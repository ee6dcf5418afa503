/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What a task does for drift: what it tells of changes that no watch heard, which steps it leaves out, which knobs are
 * watched after it, and what is repaired when it ends.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/time.h"
#include "model/frequency.h"
#include "model/knob.h"
#include "model/plan-types.h"
#include "watch/drift-internal.h"
#include "watch/drift.h"

/* So many knobs are marked between two looks at the event loop: about 2 ms. */
#define EXPECT_SLICE 256

static const Step *find_step(const Plan *plan, const KnobId *id)
{
        for (size_t i = plan->n_steps; i > 0; i--)
                if (knob_id_compare(&plan->steps[i - 1].id, id) == 0)
                        return &plan->steps[i - 1];
        return NULL;
}

void drift_forget_left(DriftMonitor *d)
{
        size_t n = 0;

        d->kept_valid = false;
        d->found_usec = 0;
        for (size_t i = 0; i < d->n_touched; i++)
                if (!d->touched[i].found || d->touched[i].heard)
                        d->touched[n++] = d->touched[i];
        d->n_touched = n;
}

/* Whether the kernel itself may have given the knob its present value since the last task. */
static bool is_set_by_kernel(const DriftMonitor *d, const KnobId *id, const Snapshot *host, const CpuSet *anew)
{
        _cleanup_cpuset_ CpuSet cpus = {};
        const FreqDomain *before, *now;

        if (drift_watch_is_replaced(d->watch, id) || snapshot_add_cpus_of(&cpus, &d->kept, id) < 0)
                return true;
        for (int cpu = cpuset_next(&cpus, 0); cpu >= 0; cpu = cpuset_next(&cpus, (unsigned)cpu + 1))
                if (cpuset_has(anew, (unsigned)cpu))
                        return true;
        if (!knob_is_of_domain(id->knob))
                return false;
        before = snapshot_find_domain(&d->kept, id->id);
        now = snapshot_find_domain(host, id->id);
        return !before || !now || strcmp(before->driver, now->driver) != 0 || before->hw_min_khz != now->hw_min_khz ||
               before->hw_max_khz != now->hw_max_khz;
}

/* Adds the knobs whose value is not the one that the last task left, sorted. */
static void find_changed(const DriftMonitor *d, const Snapshot *host, const CpuSet *anew, Touched **found, size_t *n)
{
        const KnobId *id;

        for (size_t i = 0; (id = drift_watch_get(d->watch, i)); i++) {
                Touched touched = { .id = *id, .writer = NO_WRITER, .found = true, .left_known = true };
                char now[KNOB_VALUE_SIZE];
                const Touched *heard;
                Touched *new;

                if (snapshot_get(&d->kept, id, touched.left) < 0 || snapshot_get(host, id, now) < 0 ||
                    strcasecmp(now, touched.left) == 0 || is_set_by_kernel(d, id, host, anew))
                        continue;
                heard = d->n_touched > 0 ?
                                bsearch(id, d->touched, d->n_touched, sizeof(Touched), knob_element_compare) :
                                NULL;
                if (heard) {
                        touched.writer = heard->writer;
                        touched.heard = heard->heard;
                }
                /* Out of memory the task sets it nevertheless. */
                new = drift_append(found, n, sizeof(Touched));
                if (new)
                        *new = touched;
        }
}

void drift_find_unheard(DriftMonitor *d, const Plan *plan, const Snapshot *host, const CpuSet *anew)
{
        _cleanup_free_ Touched *found = NULL;
        size_t n = 0, n_before = d->n_reports;
        bool repair = false;

        if (!d->kept_valid || !d->in_force || !d->watch || d->stopped || plan->n_steps == 0)
                return;
        drift_sort_touched(d);
        find_changed(d, host, anew, &found, &n);
        (void)drift_judge(d, host, plan, found, n, true, &repair);
        for (size_t i = n_before; i < d->n_reports; i++)
                if (d->reports[i].writer == NO_WRITER)
                        d->reports[i].due_usec = time_usec(CLOCK_MONOTONIC) + REPORT_WAIT_USEC;
}

/* A person's Apply() overrides everything except contested knobs and thermal limits. */
static bool is_held_back(const DriftMonitor *d, const DriftAccount *account, bool asked_by_person)
{
        if (account->phase == DRIFT_HELD_BACK || account->limit == DRIFT_LIMIT_OF_WRITER)
                return true;
        if (asked_by_person)
                return false;
        return account->limit != DRIFT_NO_LIMIT || (account->off && d->accounts.report_only);
}

void drift_filter(DriftMonitor *d, Plan *plan, bool is_apply, bool asked_by_person)
{
        Step *steps = plan->steps;
        size_t n = 0;

        d->busy = true;
        /* From now on a value may be one that this task has set. */
        d->kept_valid = false;
        if (!is_apply)
                return;
        for (size_t i = 0; i < d->accounts.n; i++) {
                DriftAccount *account = &d->accounts.accounts[i];

                if (account->limit != DRIFT_NO_LIMIT && plan_covers(plan, &account->id) &&
                    !find_step(plan, &account->id))
                        account->limit = DRIFT_NO_LIMIT;
        }
        for (size_t i = 0; steps && i < plan->n_steps; i++) {
                const Step *step = &steps[i];
                const DriftAccount *account = drift_find(&d->accounts, &step->id);
                bool lowers = account && account->limit != DRIFT_NO_LIMIT && frequency_is_lower(step->to, step->from);

                if (!account || lowers || !is_held_back(d, account, asked_by_person))
                        steps[n++] = *step;
        }
        if (n < plan->n_steps)
                log_message(LOG_DEBUG, "%zu of %zu steps are left out: other programs set these knobs.",
                            plan->n_steps - n, plan->n_steps);
        plan->n_steps = n;
}

bool drift_take_snapshot(DriftMonitor *d, Snapshot *ret)
{
        if (!d->kept_valid || !d->watch || d->watch_error < 0 || d->lost || d->retry_usec > 0)
                return false;
        *ret = TAKE_STRUCT(d->kept);
        d->kept_valid = false;
        return true;
}

static void on_watched(const KnobId *id, void *userdata)
{
        DriftMonitor *d = userdata;
        KnobId *new = drift_append(&d->unchecked, &d->n_unchecked, sizeof(KnobId));

        if (new)
                *new = *id;
        else
                d->lost = true;
}

static void note_watch_error(DriftMonitor *d, int r)
{
        if (r < 0 && r != d->watch_error)
                (void)log_error_errno(r, "Some knobs cannot be watched, so the daemon does not notice when others "
                                         "write them");
        d->watch_error = r;
}

bool drift_expect(DriftMonitor *d, const Plan *plan)
{
        const SnapshotPart *part = snapshot_part_is_empty(&plan->part) ? NULL : &plan->part;
        const Wanted *wanted = plan->wanted;
        _cleanup_free_ KnobId *ids = NULL;
        size_t n = 0;
        int r;

        if (!d->watch || d->stopped)
                return false;
        d->n_unchecked = 0;
        ids = calloc(plan->n_wanted + 1, sizeof(KnobId));
        for (size_t i = 0; i < plan->n_wanted && ids; i++) {
                /* Only governor userspace takes a speed; under other governors the file reads "<unsupported>". */
                bool is_kept_only = wanted[i].id.knob == KNOB_SCALING_SETSPEED && !*wanted[i].value;

                if (!is_kept_only && (n == 0 || knob_id_compare(&ids[n - 1], &wanted[i].id) != 0))
                        ids[n++] = wanted[i].id;
        }
        r = ids ? drift_watch_set(d->watch, ids, n, part) : -ENOMEM;
        if (r < 0)
                note_watch_error(d, r);
        return r == 0;
}

bool drift_expect_more(DriftMonitor *d)
{
        int r = drift_watch_go_on(d->watch, EXPECT_SLICE, on_watched, d);

        if (r <= 0)
                note_watch_error(d, r);
        return r > 0;
}

static bool is_reached(const TaskResult *result, const Step *step)
{
        char now[KNOB_VALUE_SIZE];

        if (!step)
                return true;
        if (snapshot_get(result->snapshot, &step->id, now) < 0)
                return false;
        if (step->id.knob == KNOB_SCALING_GOVERNOR && step->rule)
                for (char **governor = step->rule->governors; *governor; governor++)
                        if (strcasecmp(*governor, now) == 0)
                                return true;
        return strcasecmp(now, step->to) == 0;
}

/* The kernel accepted the write, but the value stayed below it. */
static bool stayed_limited(const TaskResult *result, const Step *step)
{
        const FreqDomain *domain = snapshot_find_domain(result->snapshot, step->id.id);
        int cpu = domain ? cpuset_next(&domain->cpus, 0) : -1;

        for (unsigned i = 0; i < result->findings->n && cpu >= 0; i++) {
                const Finding *finding = &result->findings->entries[i];

                if (finding->kind == FINDING_LIMITED && cpuset_has(&finding->cpus, (unsigned)cpu))
                        return true;
        }
        return false;
}

/* A knob that the task has set is no longer a drift. */
static void update_accounts(DriftMonitor *d, const TaskResult *result)
{
        for (size_t i = 0; i < result->plan->n_steps; i++) {
                const Step *step = &result->plan->steps[i];

                if (step->id.knob == KNOB_SCALING_MAX_FREQ && !is_reached(result, step) && stayed_limited(result, step))
                        (void)drift_set_limit(&d->accounts, &step->id, DRIFT_LIMIT_OF_KERNEL);
        }
        for (size_t i = 0; i < d->accounts.n; i++) {
                DriftAccount *account = &d->accounts.accounts[i];

                if (!account->off || !plan_covers(result->plan, &account->id))
                        continue;
                if (account->limit != DRIFT_NO_LIMIT || (!is_held_back(d, account, result->asked_by_person) &&
                                                         is_reached(result, find_step(result->plan, &account->id))))
                        drift_set_repaired(account);
        }
}

/* Another program may have written after the task had read the host, and before the kernel watched the file. So the
 * value is read again, unless a step of the task has read it back since. */
static void check_unchecked(DriftMonitor *d, const TaskResult *result)
{
        _cleanup_free_ bool *written = calloc(d->n_unchecked + 1, sizeof(bool));
        char now[KNOB_VALUE_SIZE], left[KNOB_VALUE_SIZE];

        for (size_t i = 0; i < result->plan->n_steps && written && d->n_unchecked > 0; i++) {
                const Step *step = &result->plan->steps[i];
                const KnobId *id =
                        bsearch(&step->id, d->unchecked, d->n_unchecked, sizeof(KnobId), knob_element_compare);

                if (id && !step->withheld)
                        written[id - d->unchecked] = true;
        }
        for (size_t i = 0; i < d->n_unchecked; i++)
                if (!(written && written[i]) && snapshot_get(result->snapshot, &d->unchecked[i], left) == 0 &&
                    d->ops->read(d->ops_userdata, &d->unchecked[i], now) == 0 && strcasecmp(now, left) != 0)
                        (void)drift_touch(d, &d->unchecked[i], NO_WRITER, false);
        d->n_unchecked = 0;
}

void drift_task_done(DriftMonitor *d, const TaskResult *result)
{
        bool applied = result->is_apply && !result->failed;

        d->busy = false;
        d->in_force = result->in_force;
        d->fragile_tsc = result->fragile_tsc;
        if (!result->is_apply) {
                drift_forget(&d->accounts);
                drift_tidy_opponents(d);
                cpuset_done(&d->contested);
        }
        snapshot_done(&d->kept);
        d->kept_valid = applied;
        if (applied) {
                update_accounts(d, result);
                check_unchecked(d, result);
                d->kept = *result->snapshot;
                *result->snapshot = (Snapshot) {};
                if (snapshot_part_is_empty(&result->plan->part))
                        drift_was_compared(d, 0);
        }
        for (size_t i = 0; i < d->n_reports; i++) {
                Report *report = &d->reports[i];
                const DriftAccount *account = drift_find(&d->accounts, &report->id);

                if (report->kind == REPORT_DRIFT && applied && (!account || !account->off))
                        report->repaired = true;
        }
        drift_tell_and_arm(d);
        if (d->n_touched > 0 || d->lost)
                (void)sd_event_source_set_enabled(d->look_source, SD_EVENT_ONESHOT);
}

char *drift_format_contest(const DriftMonitor *d, unsigned cpu)
{
        for (size_t i = 0; i < d->n_opponents; i++) {
                _cleanup_cpuset_ CpuSet cpus = {};
                char object[KNOB_NAME_SIZE];

                if (snapshot_add_cpus_of(&cpus, &d->kept, &d->opponents[i].id) < 0 || !cpuset_has(&cpus, cpu))
                        continue;
                return text_format("Somebody keeps changing %s of %s, last: %s.",
                                   knob_to_string(d->opponents[i].id.knob),
                                   knob_object_format(&d->opponents[i].id, object),
                                   d->opponents[i].writer ? d->opponents[i].writer : "?");
        }
        return NULL;
}
