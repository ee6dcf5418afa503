/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the watch over the knobs has to do with a task: it lends what was read, holds back what is contested, and closes the books.
 */
#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "manager/manager-drift.h"

bool manager_drift_lend_snapshot(Manager *m)
{
        DriftKeeper *k = m->drift;
        bool lend = k->repairing && m->renewing && k->kept_valid && !facts_tsc_is_fragile(&m->facts);

        if (lend) {
                m->snapshot = k->kept;
                k->kept = (Snapshot) {};
        } else
                snapshot_done(&k->kept);
        k->kept_valid = false;
        return lend;
}

bool manager_is_repairing(const Manager *m)
{
        return m->renewing && m->drift->repairing;
}

static const Step *find_step(const Plan *plan, const KnobId *id)
{
        for (size_t i = plan->n_steps; i > 0; i--)
                if (knob_id_compare(&plan->steps[i - 1].id, id) == 0)
                        return &plan->steps[i - 1];
        return NULL;
}

/* A person who asks gets what the policy says, but for what is fought over; a thermal daemon's limit nobody raises. */
static bool is_held_back(const Manager *m, const DriftAccount *account)
{
        return account->phase == DRIFT_HELD_BACK || account->limit == DRIFT_LIMIT_OF_WRITER ||
               (m->renewing && (account->limit != DRIFT_NO_LIMIT || (account->off && m->config.drift == DRIFT_REPORT)));
}

void manager_drift_hold_back(Manager *m)
{
        DriftKeeper *k = m->drift;
        size_t n = 0;

        k->books.report_only = m->config.drift == DRIFT_REPORT;
        if (m->task != TASK_APPLY)
                return;
        for (size_t i = 0; i < k->books.n; i++)
                if (k->books.accounts[i].limit != DRIFT_NO_LIMIT && !find_step(&m->plan, &k->books.accounts[i].id))
                        k->books.accounts[i].limit = DRIFT_NO_LIMIT;
        for (size_t i = 0; i < m->plan.n_steps; i++) {
                const Step *step = &m->plan.steps[i];
                const DriftAccount *account = drift_find(&k->books, &step->id);
                bool lowers = account && account->limit != DRIFT_NO_LIMIT && frequency_is_lower(step->to, step->from);

                if (!account || lowers || !is_held_back(m, account))
                        m->plan.steps[n++] = *step;
        }
        m->plan.n_steps = n;
}

static void on_watched(const KnobId *id, void *userdata)
{
        Manager *m = userdata;
        KnobId *new = drift_append(&m->drift->unchecked, &m->drift->n_unchecked, &m->drift->unchecked_allocated, sizeof(KnobId));

        if (new)
                *new = *id;
        else
                m->drift->lost = true;
}

void manager_drift_watch(Manager *m)
{
        DriftKeeper *k = m->drift;
        _cleanup_free_ KnobId *ids = NULL;
        size_t n = 0;
        int r;

        if (!k->watch || m->stopping || manager_is_repairing(m))
                return;
        k->n_unchecked = 0;
        ids = calloc(m->plan.n_wanted + 1, sizeof(KnobId));
        for (size_t i = 0; i < m->plan.n_wanted && ids; i++) {
                const Wanted *wanted = &m->plan.wanted[i];
                /* Under other governors than userspace its file says "<unsupported>" and takes nothing. */
                bool is_kept_only = wanted->id.knob == KNOB_SCALING_SETSPEED && !*wanted->value;

                if (!is_kept_only && (n == 0 || knob_id_compare(&ids[n - 1], &wanted->id) != 0))
                        ids[n++] = wanted->id;
        }
        r = ids ? drift_watch_set(k->watch, ids, n, on_watched, m) : -ENOMEM;
        if (r < 0 && r != k->watch_error)
                (void)log_error_errno(r, "Some knobs cannot be watched, so what others write there is not noticed");
        k->watch_error = r;
}

static bool is_reached(const Manager *m, const Step *step)
{
        char now[KNOB_VALUE_SIZE];

        if (!step)
                return true;
        if (snapshot_get(&m->snapshot, &step->id, now) < 0)
                return false;
        if (step->id.knob == KNOB_SCALING_GOVERNOR && step->rule)
                for (char **governor = step->rule->governors; *governor; governor++)
                        if (strcasecmp(*governor, now) == 0)
                                return true;
        return strcasecmp(now, step->to) == 0;
}

/* Whether a write was taken and the value stayed below it. */
static bool is_limited(const Manager *m, const Step *step)
{
        const FreqDomain *policy = snapshot_find_policy(&m->snapshot, step->id.id);
        int cpu = policy ? cpuset_next(&policy->cpus, 0) : -1;

        for (unsigned i = 0; i < m->findings.n && cpu >= 0; i++)
                if (m->findings.entries[i].kind == FINDING_LIMITED && cpuset_has(&m->findings.entries[i].cpus, (unsigned)cpu))
                        return true;
        return false;
}

static void close_accounts(Manager *m)
{
        DriftKeeper *k = m->drift;

        for (size_t i = 0; i < m->plan.n_steps; i++) {
                const Step *step = &m->plan.steps[i];

                if (step->id.knob == KNOB_SCALING_MAX_FREQ && !is_reached(m, step) && is_limited(m, step))
                        (void)drift_set_limit(&k->books, &step->id, DRIFT_LIMIT_OF_KERNEL);
        }
        for (size_t i = 0; i < k->books.n; i++) {
                DriftAccount *account = &k->books.accounts[i];

                if (!account->off)
                        continue;
                if (account->limit != DRIFT_NO_LIMIT ||
                    (!is_held_back(m, account) && is_reached(m, find_step(&m->plan, &account->id))))
                        drift_set_repaired(account);
        }
}

static int compare_ids(const void *a, const void *b)
{
        return knob_id_compare(a, b);
}

/* What was written between the reading of the host and the first moment of the watch. What a step wrote was read back since. */
static void check_unchecked(Manager *m)
{
        DriftKeeper *k = m->drift;
        _cleanup_free_ bool *written = calloc(k->n_unchecked + 1, sizeof(bool));
        char now[KNOB_VALUE_SIZE], stood[KNOB_VALUE_SIZE];

        for (size_t i = 0; i < m->plan.n_steps && written && k->n_unchecked > 0; i++) {
                const KnobId *id = bsearch(&m->plan.steps[i].id, k->unchecked, k->n_unchecked, sizeof(KnobId), compare_ids);

                if (id && !m->plan.steps[i].withheld)
                        written[id - k->unchecked] = true;
        }
        for (size_t i = 0; i < k->n_unchecked; i++)
                if (!(written && written[i]) && snapshot_get(&m->snapshot, &k->unchecked[i], stood) == 0 &&
                    m->ops->read(m->ops_userdata, &k->unchecked[i], now) == 0 && strcasecmp(now, stood) != 0)
                        drift_touch(k, &k->unchecked[i], NO_WRITER, false);
        k->n_unchecked = 0;
}

void manager_finish_drift(Manager *m)
{
        DriftKeeper *k = m->drift;

        k->repairing = false;
        if (m->task == TASK_RESTORE) {
                drift_forget(&k->books);
                drift_tidy_opponents(k);
                cpuset_done(&k->contested);
        }
        if (m->task == TASK_APPLY && !m->failed) {
                close_accounts(m);
                check_unchecked(m);
                snapshot_done(&k->kept);
                k->kept = m->snapshot;
                k->kept_valid = true;
                m->snapshot = (Snapshot) {};
        }
        for (size_t i = 0; i < k->n_reports; i++) {
                const DriftAccount *account = drift_find(&k->books, &k->reports[i].id);

                k->reports[i].repaired = k->reports[i].kind == REPORT_DRIFT && m->task == TASK_APPLY && !m->failed &&
                                         (!account || !account->off);
        }
        drift_tell_and_arm(m);
        drift_tell_rivals(m);
        if (k->n_touched > 0 || k->lost || k->repair_asked)
                (void)sd_event_source_set_enabled(k->settle_source, SD_EVENT_ONESHOT);
}

void manager_forget_drift(Manager *m)
{
        drift_forget(&m->drift->books);
}

