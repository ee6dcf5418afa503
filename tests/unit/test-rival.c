/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Programs that write the same knobs, by unit and by process.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "model/rival.h"

#define COMM_MAX 15 /* TASK_COMM_LEN (include/linux/sched.h) without its NUL */

static void test_each_has_a_unit(void **state)
{
        for (Rival rival = 0; rival < RIVAL_MAX_; rival++) {
                char unit[64];

                snprintf(unit, sizeof(unit), "%s.service", rival_facts[rival].service);
                assert_int_equal(rival_from_unit(unit), rival);
        }
        assert_int_equal(rival_from_unit("tuned"), RIVAL_MAX_);
        assert_int_equal(rival_from_unit("tuned.socket"), RIVAL_MAX_);
        assert_int_equal(rival_from_unit("tuned-ppd.service"), RIVAL_MAX_);
        assert_int_equal(rival_from_unit(""), RIVAL_MAX_);
}

static void test_a_process_is_known_by_its_cut_name(void **state)
{
        char command[64];

        snprintf(command, COMM_MAX + 1, "%s", rival_facts[RIVAL_POWER_PROFILES].service);
        assert_int_equal(rival_from_command(command), RIVAL_POWER_PROFILES);
        assert_int_equal(rival_from_command("tuned"), RIVAL_TUNED);
        assert_int_equal(rival_from_command("auto-cpufreq"), RIVAL_AUTO_CPUFREQ);
        assert_int_equal(rival_from_command("cpupower"), RIVAL_MAX_);
        assert_int_equal(rival_from_command("tlp"), RIVAL_MAX_);
}

/* A program that sets governors is found by its process, or leaves no process. */
static void test_a_setter_of_governors_is_found(void **state)
{
        for (Rival rival = 0; rival < RIVAL_MAX_; rival++) {
                char command[COMM_MAX + 1];

                snprintf(command, sizeof(command), "%s", rival_facts[rival].service);
                assert_int_equal(rival_facts[rival].sets_governor,
                                 rival_from_command(command) == rival || rival_facts[rival].ends_at_once);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_each_has_a_unit),
                cmocka_unit_test(test_a_process_is_known_by_its_cut_name),
                cmocka_unit_test(test_a_setter_of_governors_is_found),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
