/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "host/config/config-fault.h"

static void test_faults_come_out_by_line(void **state)
{
        _cleanup_config_faults_ ConfigFaults faults = {};

        config_faults_refuse(&faults, 7, "seven");
        config_faults_remark(&faults, 3, "three");
        config_faults_refuse(&faults, 3, "three again");
        config_faults_refuse(&faults, 0, "the file");
        assert_int_equal(config_faults_finish(&faults, "F"), 0);
        assert_int_equal(faults.n, 4);
        assert_int_equal(faults.n_refusals, 3);
        assert_string_equal(faults.entries[0].text, "F: the file");
        assert_string_equal(faults.entries[1].text, "F:3: three");
        assert_string_equal(faults.entries[2].text, "F:3: three again");
        assert_string_equal(faults.entries[3].text, "F:7: seven");
}

static void test_faults_keep_the_first_twenty_of_each_kind(void **state)
{
        _cleanup_config_faults_ ConfigFaults faults = {};

        for (unsigned line = 100; line > 0; line--) {
                config_faults_refuse(&faults, line, "bad");
                config_faults_remark(&faults, line, "odd");
        }
        config_faults_refuse(&faults, 50, "bad");
        assert_int_equal(config_faults_finish(&faults, "F"), 0);
        assert_int_equal(faults.n, 42);
        assert_int_equal(faults.n_refusals, 101);
        assert_string_equal(faults.entries[0].text, "F:1: bad");
        assert_string_equal(faults.entries[1].text, "F:1: odd");
        assert_string_equal(faults.entries[39].text, "F:20: odd");
        assert_string_equal(faults.entries[40].text, "F: and 81 more errors");
        assert_string_equal(faults.entries[41].text, "F: and 80 more remarks");
}

static void test_faults_are_escaped(void **state)
{
        _cleanup_config_faults_ ConfigFaults faults = {};

        config_faults_refuse(&faults, 1, "%s", "\033[31m\n\xff");
        assert_int_equal(config_faults_finish(&faults, "a\tb"), 0);
        assert_string_equal(faults.entries[0].text, "a\\x09b:1: \\x1b[31m\\x0a\\xff");
}

static void test_excerpt(void **state)
{
        char buffer[CONFIG_EXCERPT_SIZE], text[100];

        memset(text, 'x', sizeof(text));
        assert_int_equal(strlen(config_excerpt(text, CONFIG_EXCERPT_SIZE - 1, buffer)), CONFIG_EXCERPT_SIZE - 1);
        assert_string_equal(config_excerpt(text, 2, buffer), "xx");
        assert_string_equal(config_excerpt(text, 0, buffer), "");
        assert_int_equal(strlen(config_excerpt(text, sizeof(text), buffer)), CONFIG_EXCERPT_SIZE - 1);
        assert_string_equal(buffer + CONFIG_EXCERPT_SIZE - 5, "x...");

        /* the cut would split "é", so all of it goes */
        memcpy(text + CONFIG_EXCERPT_SIZE - 5, "\xc3\xa9", 2);
        assert_string_equal(config_excerpt(text, sizeof(text), buffer) + CONFIG_EXCERPT_SIZE - 6, "x...");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_faults_come_out_by_line),
                cmocka_unit_test(test_faults_keep_the_first_twenty_of_each_kind),
                cmocka_unit_test(test_faults_are_escaped),
                cmocka_unit_test(test_excerpt),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
