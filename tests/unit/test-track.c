/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/macro.h"
#include "probe/cpus.h"
#include "probe/track.h"

#define SECOND 1000000000U /* a counter of 1 GHz: ticks are ns */

static void assert_interval(const Interval *interval, int64_t low, int64_t high)
{
        if (interval->low != low || interval->high != high)
                fail_msg("%lld..%lld, not %lld..%lld", (long long)interval->low, (long long)interval->high,
                         (long long)low, (long long)high);
}

static void test_round_intersects(void **state)
{
        Round round = {};
        Interval bound;

        /* B is 1000 ahead. The first exchange was delayed on the way back, the second on the way there. */
        round_add(&round, 100, 1110, 400);
        round_add(&round, 500, 1790, 800);
        bound = round_interval(&round);
        assert_interval(&bound, 990, 1010);
        assert_false(round.moved);
        assert_true(interval_excludes_zero(&bound));
        /* An interrupted exchange does not narrow the result. */
        round_add(&round, 900, 5000, 90000);
        bound = round_interval(&round);
        assert_interval(&bound, 990, 1010);
}

static void test_round_wraps(void **state)
{
        Round round = {};
        Interval bound;

        round_add(&round, UINT64_MAX - 10, 5, 20);
        bound = round_interval(&round);
        assert_interval(&bound, -15, 16);
        assert_false(interval_excludes_zero(&bound));
}

/* No offset fits all exchanges: the result covers every place where it has been. */
static void test_round_moves(void **state)
{
        Round round = {};
        Interval bound;

        round_add(&round, 100, 150, 200);
        round_add(&round, 1000, 2050, 1100);
        round_add(&round, 2000, 2550, 2100);
        assert_true(round.moved);
        bound = round_interval(&round);
        assert_interval(&bound, -50, 1050);
        /* The asking CPU's own counter went back: the exchange is ignored. */
        round_add(&round, 5000, 5000, 4000);
        bound = round_interval(&round);
        assert_interval(&bound, -50, 1050);
}

static void test_interval_sum(void **state)
{
        Interval ab = { -10, 20, 1, 2 }, bc = { 100, 130, 3, 4 }, sum = interval_sum(&ab, &bc);

        assert_interval(&sum, 90, 150);
        assert_int_equal(sum.low_time, 3);
        assert_int_equal(sum.high_time, 4);
}

typedef struct Seen {
        uint64_t time;
        int64_t offset;
} Seen;

/* Rounds with a bound of 20 in both directions. */
static Track play(const Seen *seen, size_t n)
{
        Track track = {};

        for (size_t i = 0; i < n; i++) {
                Interval round = { seen[i].offset - 20, seen[i].offset + 20, seen[i].time, seen[i].time };

                track_add(&track, &round, false);
        }
        return track;
}

static void test_track_offset(void **state)
{
        static const Seen good[] = { { 0, 15 }, { SECOND, -10 }, { 2 * SECOND, 12 } };
        static const Seen once[] = { { 0, 0 }, { SECOND, 25 } };
        static const Seen off[] = { { 0, 1000 }, { SECOND, 1003 } };
        Track track = play(good, ARRAY_SIZE(good));
        double low = 0, high = 0;

        assert_false(track_is_convicted(&track) || track_is_suspect(&track));
        /* One round is not enough to convict a CPU. */
        track = play(once, ARRAY_SIZE(once));
        assert_false(track_is_convicted(&track));
        assert_true(track_is_suspect(&track));
        track = play(off, ARRAY_SIZE(off));
        assert_true(track_is_convicted(&track));
        assert_false(track_get_rate(&track, &low, &high));
}

static void test_track_rate(void **state)
{
        static const Seen fast[] = { { 0, 0 }, { SECOND, 50000 }, { 3ULL * SECOND, 150000 } };
        static const Seen slow[] = { { 0, 0 }, { SECOND, -300000 } };
        Track track = play(fast, ARRAY_SIZE(fast));
        double low = 0, high = 0;

        assert_true(track_is_convicted(&track) && track_get_rate(&track, &low, &high));
        /* 40 ticks in 3 seconds to both sides. */
        assert_true(low > 49.98 && low < 50 && high > 50 && high < 50.02);
        track = play(slow, ARRAY_SIZE(slow));
        assert_true(track_is_suspect(&track) && track_get_rate(&track, &low, &high));
        assert_true(low < -300 && high > -300 && high < -299.9);
}

/* The two ends of a bound are measured at different moments. The rate lies between what they allow. */
static void test_track_rate_of_moments(void **state)
{
        Interval first = { -10, 10, 500, 0 }, second = { 90, 110, 1000, 1500 };
        Track track = {};
        double low = 0, high = 0;

        track_add(&track, &first, false);
        track_add(&track, &second, false);
        assert_true(track_get_rate(&track, &low, &high));
        assert_float_equal(low, 80 * 1e6 / 1000, 1e-6);
        assert_float_equal(high, 120 * 1e6 / 1000, 1e-6);
}

static void test_track_halt(void **state)
{
        static const Seen halted[] = { { 0, 0 }, { SECOND, -200000 }, { 2 * SECOND, -200000 } };
        Track track = play(halted, ARRAY_SIZE(halted));
        double low = 0, high = 0;

        assert_true(track_is_convicted(&track) && track.jumped);
        assert_false(track_get_rate(&track, &low, &high));
}

static void test_choose_leaders(void **state)
{
        ProbeCpu cpus[] = {
                { .id = 0, .package = 0, .fate = PROBE_ISOLATED },
                { .id = 1, .package = 0 },
                { .id = 2, .package = 1 },
                { .id = 3, .package = 0 },
                { .id = 4, .package = 1 },
                { .id = 5, .package = 1, .die = 1 },
                { .id = 6, .package = 2, .fate = PROBE_OFFLINE },
        };
        static const size_t leaders[] = { 0, 1, 1, 1, 2, 1, 1 };
        ProbeResult result = { .cpus = cpus, .n = ARRAY_SIZE(cpus) };

        probe_choose_leaders(&result);
        assert_int_equal(result.reference, 1);
        for (size_t i = 1; i < ARRAY_SIZE(cpus); i++)
                assert_int_equal(cpus[i].leader, leaders[i]);
}

static void test_result(void **state)
{
        ProbeCpu cpus[] = {
                { .id = 0 },
                { .id = 1, .track = { .last = { -30, 50, 0, 0 } } },
                { .id = 2, .track = { .last = { -10, 60, 0, 0 }, .n_excluded = 2 } },
                { .id = 3, .track = { .last = { -900, 900, 0, 0 } }, .fate = PROBE_NO_ANSWER },
        };
        ProbeResult result = { .cpus = cpus, .n = ARRAY_SIZE(cpus), .tsc_khz = 3000000 };
        CpuSet convicted = {};

        /* Each tick is a third of a nanosecond. Bounds are rounded outwards. */
        assert_int_equal(probe_nsec(&result, 31), 11);
        assert_int_equal(probe_nsec(&result, -31), -11);
        assert_int_equal(probe_nsec(&result, 30), 10);
        /* CPU 2 at its highest, CPU 1 at its lowest. */
        assert_int_equal(probe_bound_nsec(&result), 30);
        assert_int_equal(probe_convicted(&result, &convicted), 0);
        assert_int_equal(cpuset_count(&convicted), 1);
        assert_true(cpuset_has(&convicted, 2));
        cpuset_done(&convicted);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_round_intersects),      cmocka_unit_test(test_round_wraps),
                cmocka_unit_test(test_round_moves),           cmocka_unit_test(test_interval_sum),
                cmocka_unit_test(test_track_offset),          cmocka_unit_test(test_track_rate),
                cmocka_unit_test(test_track_rate_of_moments), cmocka_unit_test(test_track_halt),
                cmocka_unit_test(test_choose_leaders),        cmocka_unit_test(test_result),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
