/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/macro.h"
#include "model/rescan.h"

#define MS UINT64_C(1000)
#define START (5000 * MS)

/* Sends n_events events, the first at START, `gap` apart, then waits until nothing is due. Returns how often the host
 * was read, and when last. */
static unsigned play(Rescan *rescan, unsigned n_events, uint64_t gap, bool later, uint64_t *ret_last)
{
        uint64_t now = START, next = START;
        unsigned n = 0;

        while (n_events > 0 || rescan_deadline(rescan) != RESCAN_NEVER) {
                uint64_t deadline = rescan_deadline(rescan);

                now = n_events > 0 && next <= deadline ? next : deadline;
                if (rescan_take(rescan, now)) {
                        n++;
                        *ret_last = now;
                }
                if (n_events > 0 && now == next) {
                        rescan_ask(rescan, now, later);
                        n_events--;
                        next += gap;
                }
        }
        return n;
}

static void test_rescan(void **state)
{
        static const struct {
                unsigned n_events;
                uint64_t gap;
                bool later;
                unsigned n;
                uint64_t last;
        } rows[] = {
                { 1, 0, false, 1, START },
                { 1, 0, true, 2, START + 2000 * MS },
                { 64, 1 * MS, false, 2, START + 101 * MS },
                { 64, 1 * MS, true, 2, START + 63 * MS + 2000 * MS },
                /* Each of several events that are far apart is answered without a longer wait. */
                { 3, 1000 * MS, false, 3, START + 2000 * MS },
                { 3, 1000 * MS, true, 4, START + 4000 * MS },
        };

        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                Rescan rescan = {};
                uint64_t last = 0;
                unsigned n = play(&rescan, rows[i].n_events, rows[i].gap, rows[i].later, &last);

                if (n != rows[i].n || last != rows[i].last)
                        fail_msg("row %zu: %u times, the last %ju us from the start", i, n, (uintmax_t)(last - START));
        }
}

/* While events keep coming, the host is read about every two seconds, and once after the last event. */
static void test_rescan_storm(void **state)
{
        Rescan rescan = {};
        uint64_t last = 0;
        unsigned n = play(&rescan, 100000, 1 * MS, false, &last);

        assert_in_range(n, 50, 60);
        assert_in_range(last, START + 99999 * MS, START + 99999 * MS + RESCAN_LATER_USEC);
}

static void test_rescan_takes_nothing_early(void **state)
{
        Rescan rescan = {};

        assert_true(rescan_deadline(&rescan) == RESCAN_NEVER);
        assert_false(rescan_take(&rescan, START));
        rescan_ask(&rescan, START, true);
        assert_false(rescan_take(&rescan, START + 99 * MS));
        assert_true(rescan_take(&rescan, START + 3000 * MS));
        assert_true(rescan_deadline(&rescan) == RESCAN_NEVER);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_rescan),
                cmocka_unit_test(test_rescan_storm),
                cmocka_unit_test(test_rescan_takes_nothing_early),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
