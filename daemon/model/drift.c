/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/drift.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"

void drift_done(Drift *drift)
{
        free(drift->accounts);
        *drift = (Drift) {};
}

DriftAccount *drift_find(const Drift *drift, const KnobId *id)
{
        return drift->n > 0 ? bsearch(id, drift->accounts, drift->n, sizeof(DriftAccount), knob_element_compare) : NULL;
}

bool drift_is_contested(const DriftAccount *account)
{
        return account->phase != DRIFT_AT_PEACE;
}

static bool account_is_of_use(const DriftAccount *a, uint64_t now_usec)
{
        return a->off || a->limit || drift_is_contested(a) ||
               (a->n_lost > 0 && now_usec < a->lost_usec[(a->n_lost - 1) % DRIFT_LOSSES_MAX] + DRIFT_WINDOW_USEC);
}

static void drift_tidy(Drift *drift, uint64_t now_usec)
{
        size_t n = 0;

        assert(drift->accounts || drift->n == 0);
        for (size_t i = 0; i < drift->n; i++)
                if (account_is_of_use(&drift->accounts[i], now_usec))
                        drift->accounts[n++] = drift->accounts[i];
        drift->n = n;
}

static DriftAccount *drift_add(Drift *drift, const KnobId *id)
{
        bool found;
        size_t at = array_find(drift->accounts, drift->n, sizeof(DriftAccount), id, knob_element_compare, &found);

        if (array_grow(&drift->accounts, drift->n, sizeof(DriftAccount)) < 0)
                return NULL;
        memmove(&drift->accounts[at + 1], &drift->accounts[at], (drift->n - at) * sizeof(DriftAccount));
        drift->n++;
        drift->accounts[at] = (DriftAccount) { .id = *id };
        return &drift->accounts[at];
}

static void account_hold_back(DriftAccount *a, uint64_t backoff_usec, uint64_t now_usec)
{
        a->phase = DRIFT_HELD_BACK;
        a->disturbed_usec = now_usec;
        a->backoff_usec = backoff_usec < DRIFT_BACKOFF_MAX_USEC ? backoff_usec : DRIFT_BACKOFF_MAX_USEC;
        a->due_usec = now_usec + a->backoff_usec;
}

static DriftAnswer account_lose(DriftAccount *a, uint64_t now_usec, bool report_only)
{
        uint64_t *slot = &a->lost_usec[a->n_lost % DRIFT_LOSSES_MAX];

        *slot = now_usec;
        a->n_lost++;
        switch (a->phase) {
        case DRIFT_HELD_BACK:
                return DRIFT_NO_NEWS;
        case DRIFT_ON_TRIAL:
                account_hold_back(a, a->backoff_usec * 2, now_usec);
                return DRIFT_ON_AGAIN;
        default:
                /* The slot that is overwritten next holds the oldest time. */
                if (report_only || a->n_lost < DRIFT_LOSSES_MAX ||
                    now_usec >= a->lost_usec[a->n_lost % DRIFT_LOSSES_MAX] + DRIFT_WINDOW_USEC)
                        return DRIFT_LOST;
                account_hold_back(a, DRIFT_BACKOFF_MIN_USEC, now_usec);
                return DRIFT_CONTEST;
        }
}

int drift_feed(Drift *drift, const KnobId *id, uint64_t now_usec, bool off, DriftAnswer *ret_answer)
{
        DriftAccount *a = drift_find(drift, id);

        if (!a && off) {
                drift_tidy(drift, now_usec);
                a = drift_add(drift, id);
                if (!a)
                        return -ENOMEM;
        }
        *ret_answer = DRIFT_NO_NEWS;
        if (!a)
                return 0;
        a->limit = DRIFT_NO_LIMIT;
        a->disturbed_usec = now_usec;
        if (off && (!a->off || (a->phase != DRIFT_HELD_BACK && !drift->report_only))) {
                drift->counts[id->knob]++;
                *ret_answer = account_lose(a, now_usec, drift->report_only);
        }
        a->off = off;
        return 0;
}

int drift_set_limit(Drift *drift, const KnobId *id, DriftLimit limit)
{
        DriftAccount *a = drift_find(drift, id);

        if (!a && limit == DRIFT_NO_LIMIT)
                return 0;
        if (!a)
                a = drift_add(drift, id);
        if (!a)
                return -ENOMEM;
        a->limit = limit;
        return 0;
}

void drift_set_repaired(DriftAccount *account)
{
        account->off = false;
}

int drift_next_due(Drift *drift, uint64_t now_usec, DriftAccount **ret, bool *ret_over)
{
        for (size_t i = 0; i < drift->n; i++) {
                DriftAccount *a = &drift->accounts[i];

                if (!drift_is_contested(a) || now_usec < a->due_usec)
                        continue;
                if (a->phase == DRIFT_HELD_BACK ? now_usec < a->disturbed_usec + DRIFT_BACKOFF_MIN_USEC : a->off) {
                        account_hold_back(a, a->backoff_usec * 2, now_usec);
                        continue;
                }
                *ret = a;
                *ret_over = a->phase == DRIFT_ON_TRIAL;
                a->phase = *ret_over ? DRIFT_AT_PEACE : DRIFT_ON_TRIAL;
                a->due_usec = now_usec + a->backoff_usec;
                if (*ret_over)
                        a->n_lost = 0;
                return 1;
        }
        return 0;
}

uint64_t drift_deadline(const Drift *drift)
{
        uint64_t deadline = DRIFT_NEVER;

        for (size_t i = 0; i < drift->n; i++)
                if (drift_is_contested(&drift->accounts[i]) && drift->accounts[i].due_usec < deadline)
                        deadline = drift->accounts[i].due_usec;
        return deadline;
}

void drift_forget(Drift *drift)
{
        drift->n = 0;
}
