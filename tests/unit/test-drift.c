/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "model/drift.h"

#define SECOND UINT64_C(1000000)

static const KnobId governor = { .knob = KNOB_SCALING_GOVERNOR };
static const KnobId state = { .knob = KNOB_DISABLE, .id = 3, .state = 2 };

static DriftAnswer feed(Drift *drift, const KnobId *id, uint64_t now, bool off)
{
        DriftAnswer answer;

        assert_int_equal(drift_feed(drift, id, now, off, &answer), 0);
        return answer;
}

/* Another program changes the knob, and the repair succeeds. */
static DriftAnswer lose(Drift *drift, uint64_t now)
{
        DriftAnswer answer = feed(drift, &governor, now, true);

        if (answer == DRIFT_LOST)
                drift_set_repaired(drift_find(drift, &governor));
        return answer;
}

/* Changes the knob until the contest begins, at `now`. */
static void contest(Drift *drift, uint64_t now)
{
        for (unsigned i = 1; i < DRIFT_LOSSES_MAX; i++)
                assert_int_equal(lose(drift, now), DRIFT_LOST);
        assert_int_equal(lose(drift, now), DRIFT_CONTEST);
}

static DriftAccount *next_due(Drift *drift, uint64_t now, bool *ret_over)
{
        DriftAccount *account;

        return drift_next_due(drift, now, &account, ret_over) > 0 ? account : NULL;
}

static void test_drift_counts(void **s)
{
        _cleanup_drift_ Drift drift = {};

        assert_int_equal(feed(&drift, &governor, SECOND, false), DRIFT_NO_NEWS);
        assert_null(drift_find(&drift, &governor));
        assert_int_equal(lose(&drift, SECOND), DRIFT_LOST);
        assert_int_equal(feed(&drift, &state, SECOND, true), DRIFT_LOST);
        assert_true(drift_find(&drift, &state)->off);
        assert_int_equal(feed(&drift, &state, SECOND, false), DRIFT_NO_NEWS);
        assert_false(drift_find(&drift, &state)->off);
        assert_int_equal(drift.counts[KNOB_SCALING_GOVERNOR], 1);
        assert_int_equal(drift.counts[KNOB_DISABLE], 1);
        assert_int_equal(drift_deadline(&drift), DRIFT_NEVER);
}

/* Five changes within 60 s are a contest; five within a longer time are not. */
static void test_drift_contest_begins(void **s)
{
        static const struct {
                uint64_t apart;
                DriftAnswer fifth;
        } rows[] = {
                { 0, DRIFT_CONTEST },
                { SECOND, DRIFT_CONTEST },
                { DRIFT_WINDOW_USEC / 4 - 1, DRIFT_CONTEST },
                { DRIFT_WINDOW_USEC / 4, DRIFT_LOST },
                { DRIFT_WINDOW_USEC, DRIFT_LOST },
        };

        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                _cleanup_drift_ Drift drift = {};
                uint64_t now = SECOND;

                for (unsigned n = 1; n < DRIFT_LOSSES_MAX; n++, now += rows[i].apart)
                        assert_int_equal(lose(&drift, now), DRIFT_LOST);
                assert_int_equal(lose(&drift, now), rows[i].fifth);
                assert_int_equal(drift_is_contested(drift_find(&drift, &governor)), rows[i].fifth == DRIFT_CONTEST);
                /* Each wait is twice as long as the last. */
                if (rows[i].fifth == DRIFT_LOST)
                        assert_int_equal(lose(&drift, now + rows[i].apart), DRIFT_LOST);
        }
}

static void test_drift_other_side_goes_on(void **s)
{
        _cleanup_drift_ Drift drift = {};
        uint64_t now = SECOND, backoff = DRIFT_BACKOFF_MIN_USEC;
        bool over;

        contest(&drift, now);
        for (unsigned i = 0; i < 10; i++) {
                assert_int_equal(drift_deadline(&drift), now + backoff);
                assert_null(next_due(&drift, now + backoff - 1, &over));
                now += backoff;
                assert_int_equal(feed(&drift, &governor, now - 1, true), DRIFT_NO_NEWS);
                assert_null(next_due(&drift, now, &over));
                backoff = backoff * 2 < DRIFT_BACKOFF_MAX_USEC ? backoff * 2 : DRIFT_BACKOFF_MAX_USEC;
                assert_int_equal(drift_deadline(&drift), now + backoff);
        }
        assert_int_equal(backoff, DRIFT_BACKOFF_MAX_USEC);
        /* A value that stays wrong counts once. */
        assert_int_equal(drift.counts[KNOB_SCALING_GOVERNOR], DRIFT_LOSSES_MAX);
}

/* The wait begins with the other program's last write. */
static void test_drift_other_side_stops_meanwhile(void **s)
{
        _cleanup_drift_ Drift drift = {};
        uint64_t now = SECOND + DRIFT_BACKOFF_MIN_USEC;
        bool over;

        contest(&drift, SECOND);
        assert_int_equal(feed(&drift, &governor, now - 1, true), DRIFT_NO_NEWS);
        assert_null(next_due(&drift, now, &over));
        assert_int_equal(feed(&drift, &governor, now + DRIFT_BACKOFF_MIN_USEC, true), DRIFT_NO_NEWS);
        assert_non_null(next_due(&drift, now + 2 * DRIFT_BACKOFF_MIN_USEC, &over));
        assert_false(over);
}

/* The other program writes only when it finds another value than its own. */
static void test_drift_other_side_answers(void **s)
{
        _cleanup_drift_ Drift drift = {};
        uint64_t now = SECOND;
        DriftAccount *account;
        bool over;

        contest(&drift, now);
        now += DRIFT_BACKOFF_MIN_USEC;
        account = next_due(&drift, now, &over);
        assert_non_null(account);
        assert_false(over);
        assert_int_equal(account->phase, DRIFT_ON_TRIAL);
        drift_set_repaired(account);
        assert_int_equal(feed(&drift, &governor, now + 1, true), DRIFT_ON_AGAIN);
        assert_int_equal(account->phase, DRIFT_HELD_BACK);
        assert_int_equal(drift_deadline(&drift), now + 1 + 2 * DRIFT_BACKOFF_MIN_USEC);
}

static void test_drift_other_side_stops(void **s)
{
        _cleanup_drift_ Drift drift = {};
        uint64_t now = SECOND;
        DriftAccount *account;
        bool over;

        contest(&drift, now);
        now += DRIFT_BACKOFF_MIN_USEC;
        account = next_due(&drift, now, &over);
        drift_set_repaired(account);
        assert_null(next_due(&drift, now + DRIFT_BACKOFF_MIN_USEC - 1, &over));
        now += DRIFT_BACKOFF_MIN_USEC;
        account = next_due(&drift, now, &over);
        assert_non_null(account);
        assert_true(over);
        assert_false(drift_is_contested(account));
        assert_int_equal(drift_deadline(&drift), DRIFT_NEVER);
        /* After drift_forget() nothing is contested. */
        contest(&drift, now);
}

/* A repair that failed does not end the contest. */
static void test_drift_trial_fails(void **s)
{
        _cleanup_drift_ Drift drift = {};
        uint64_t now = SECOND + DRIFT_BACKOFF_MIN_USEC;
        bool over;

        contest(&drift, SECOND);
        assert_non_null(next_due(&drift, now, &over));
        now += DRIFT_BACKOFF_MIN_USEC;
        assert_null(next_due(&drift, now, &over));
        assert_int_equal(drift_deadline(&drift), now + 2 * DRIFT_BACKOFF_MIN_USEC);
}

static void test_drift_report_only(void **s)
{
        _cleanup_drift_ Drift drift = { .report_only = true };

        assert_int_equal(feed(&drift, &governor, SECOND, true), DRIFT_LOST);
        assert_int_equal(feed(&drift, &governor, SECOND, true), DRIFT_NO_NEWS);
        for (unsigned i = 0; i < 2 * DRIFT_LOSSES_MAX; i++) {
                assert_int_equal(feed(&drift, &governor, SECOND, false), DRIFT_NO_NEWS);
                assert_int_equal(feed(&drift, &governor, SECOND, true), DRIFT_LOST);
        }
}

static void test_drift_limited(void **s)
{
        const KnobId max = { .knob = KNOB_SCALING_MAX_FREQ, .id = 1 };
        _cleanup_drift_ Drift drift = {};

        assert_int_equal(drift_set_limit(&drift, &max, DRIFT_NO_LIMIT), 0);
        assert_null(drift_find(&drift, &max));
        assert_int_equal(drift_set_limit(&drift, &max, DRIFT_LIMIT_OF_KERNEL), 0);
        assert_int_equal(drift_find(&drift, &max)->limit, DRIFT_LIMIT_OF_KERNEL);
        assert_int_equal(drift.counts[KNOB_SCALING_MAX_FREQ], 0);
        /* Another program's write ends the trial. */
        assert_int_equal(feed(&drift, &max, SECOND, true), DRIFT_LOST);
        assert_int_equal(drift_find(&drift, &max)->limit, DRIFT_NO_LIMIT);
}

/* Each of many knobs changes once. The record of a change is freed when it is too old to count. */
static void test_drift_memory(void **s)
{
        _cleanup_drift_ Drift drift = {};
        uint64_t now = SECOND;

        for (unsigned i = 0; i < 100000; i++, now += SECOND) {
                KnobId id = { .knob = KNOB_DISABLE, .id = i % 5000, .state = i % 7 };

                assert_int_equal(feed(&drift, &id, now, true), DRIFT_LOST);
                drift_set_repaired(drift_find(&drift, &id));
                assert_true(drift.n <= 61);
        }
        assert_true(malloc_usable_size(drift.accounts) < 129 * sizeof(DriftAccount));
        drift_forget(&drift);
        assert_int_equal(drift.n, 0);
        assert_int_equal(drift.counts[KNOB_DISABLE], 100000);
}

/* Whatever the other program does, there are at most five repairs a minute. When it stops, the contest ends. */
static void test_drift_any_opponent(void **s)
{
        unsigned seed = getenv("SEED") ? (unsigned)atoi(getenv("SEED")) : 1;

        print_message("seed %u\n", seed);
        srand(seed);
        for (unsigned round = 0; round < 200; round++) {
                _cleanup_drift_ Drift drift = {};
                uint64_t now = SECOND, repairs[4096], pause = (uint64_t)(rand() % 20000000 + 1);
                unsigned n = 0;
                DriftAccount *account;
                bool over;

                for (unsigned i = 0; i < 1000; i++) {
                        now += (uint64_t)rand() % pause;
                        while ((account = next_due(&drift, now, &over)))
                                if (!over && account->off) {
                                        drift_set_repaired(account);
                                        repairs[n++] = now;
                                }
                        if (feed(&drift, &governor, now, rand() % 3 > 0) == DRIFT_LOST) {
                                drift_set_repaired(drift_find(&drift, &governor));
                                repairs[n++] = now;
                        }
                        assert_true(n <= DRIFT_LOSSES_MAX ||
                                    repairs[n - 1] - repairs[n - 1 - DRIFT_LOSSES_MAX] >= DRIFT_BACKOFF_MIN_USEC);
                }
                for (unsigned i = 0; drift_deadline(&drift) != DRIFT_NEVER; i++) {
                        assert_true(i < 4);
                        now = drift_deadline(&drift);
                        while ((account = next_due(&drift, now, &over)))
                                if (!over)
                                        drift_set_repaired(account);
                }
                account = drift_find(&drift, &governor);
                assert_true(!account || !account->off);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_drift_counts),
                cmocka_unit_test(test_drift_contest_begins),
                cmocka_unit_test(test_drift_other_side_goes_on),
                cmocka_unit_test(test_drift_other_side_stops_meanwhile),
                cmocka_unit_test(test_drift_other_side_answers),
                cmocka_unit_test(test_drift_other_side_stops),
                cmocka_unit_test(test_drift_trial_fails),
                cmocka_unit_test(test_drift_report_only),
                cmocka_unit_test(test_drift_limited),
                cmocka_unit_test(test_drift_memory),
                cmocka_unit_test(test_drift_any_opponent),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
