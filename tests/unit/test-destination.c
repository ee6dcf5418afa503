/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "guests/destination.h"

static const struct {
        const char *what;
        VmClock clock;
        GuestVerdict verdict;
        Destination there;
        Going going;
} rows[] = {
        { "the same rate",
          {},
          { .migration = MIGRATION_OPEN, .tsc_khz = 2400000 },
          { 1, 2400500, false, HOST_CLOCKS_AGREE },
          GOING_YES },
        { "250 ppm",
          {},
          { .migration = MIGRATION_OPEN, .tsc_khz = 2400600 },
          { 1, 2400000, false, HOST_CLOCKS_AGREE },
          GOING_YES },
        { "251 ppm",
          {},
          { .migration = MIGRATION_OPEN, .tsc_khz = 2400603 },
          { 1, 2400000, false, HOST_CLOCKS_AGREE },
          GOING_NO },
        { "slower",
          {},
          { .migration = MIGRATION_OPEN, .tsc_khz = 2399000 },
          { 1, 2400000, false, HOST_CLOCKS_AGREE },
          GOING_NO },
        { "another one, scaled",
          {},
          { .migration = MIGRATION_OPEN, .tsc_khz = 1000000 },
          { 1, 2400000, true, HOST_CLOCKS_AGREE },
          GOING_YES },
        { "what was told counts",
          { .tsc_hz = 2000000000 },
          { .migration = MIGRATION_OPEN, .tsc_khz = 2400000 },
          { 1, 2000000, false, HOST_CLOCKS_AGREE },
          GOING_YES },
        { "blocked",
          {},
          { .migration = MIGRATION_BLOCKED, .tsc_khz = 2400000 },
          { 1, 2400000, true, HOST_CLOCKS_AGREE },
          GOING_NO },
        { "no TSC there",
          {},
          { .migration = MIGRATION_OPEN, .tsc_khz = 2400000 },
          { 0, 2400000, true, HOST_CLOCKS_AGREE },
          GOING_NO },
        { "not known there",
          {},
          { .migration = MIGRATION_OPEN, .tsc_khz = 2400000 },
          { -1, 2400000, true, HOST_CLOCKS_AGREE },
          GOING_UNKNOWN },
        { "no rate here",
          {},
          { .migration = MIGRATION_OPEN },
          { 1, 2400000, false, HOST_CLOCKS_AGREE },
          GOING_UNKNOWN },
        { "no rate there",
          {},
          { .migration = MIGRATION_OPEN, .tsc_khz = 2400000 },
          { 1, 0, false, HOST_CLOCKS_AGREE },
          GOING_UNKNOWN },
        { "not told",
          {},
          { .migration = MIGRATION_UNKNOWN, .tsc_khz = 2400000 },
          { 1, 2400000, false, HOST_CLOCKS_AGREE },
          GOING_UNKNOWN },
        { "not told, and another rate",
          {},
          { .migration = MIGRATION_UNKNOWN, .tsc_khz = 2400000 },
          { 1, 2000000, false, HOST_CLOCKS_AGREE },
          GOING_NO },
        { "SEV-SNP",
          { .confidential = true },
          { .migration = MIGRATION_UNKNOWN },
          { 1, 2400000, true, HOST_CLOCKS_AGREE },
          GOING_UNKNOWN },
        { "the clocks are apart",
          {},
          { .migration = MIGRATION_OPEN, .tsc_khz = 2400000 },
          { 1, 2400000, true, HOST_CLOCKS_APART },
          GOING_NO },
        { "no synchronised clock here",
          {},
          { .migration = MIGRATION_OPEN, .tsc_khz = 2400000 },
          { 1, 2400000, true, HOST_CLOCKS_WRONG_HERE },
          GOING_NO },
        { "nor there",
          {},
          { .migration = MIGRATION_OPEN, .tsc_khz = 2400000 },
          { 1, 2400000, true, HOST_CLOCKS_WRONG_THERE },
          GOING_NO },
        { "the clocks are not known",
          {},
          { .migration = MIGRATION_OPEN, .tsc_khz = 2400000 },
          { 1, 2400000, true, HOST_CLOCKS_UNKNOWN },
          GOING_UNKNOWN },
};

static void test_guest_can_go(void **state)
{
        for (unsigned i = 0; i < ARRAY_SIZE(rows); i++) {
                Guest guest = { .clock = rows[i].clock };
                const char *reason = NULL;
                Going going = guest_can_go(&guest, &rows[i].verdict, &rows[i].there, &reason);

                if (going != rows[i].going || !reason)
                        fail_msg("%s: %s, %s", rows[i].what, going_to_string(going), reason ? reason : "no reason");
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_guest_can_go),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
