/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "model/originals.h"

#define BOOT "0123-boot"
#define HEADER "tscwarden-originals 1 " BOOT "\n"

static const KnobId governor = { .knob = KNOB_SCALING_GOVERNOR, .id = 2 };
static const KnobId disable = { .knob = KNOB_DISABLE, .id = 2, .state = 3 };

static void test_originals_keep_the_first_value(void **state)
{
        _cleanup_originals_ Originals originals = {};

        assert_int_equal(originals_add(&originals, &governor, "ondemand"), 1);
        assert_int_equal(originals_add(&originals, &governor, "performance"), 0);
        assert_string_equal(originals_get(&originals, &governor), "ondemand");
        assert_null(originals_get(&originals, &disable));
        assert_int_equal(originals_add(&originals, &disable, "2"), -EINVAL);
        assert_int_equal(originals_add(&originals, &disable, ""), -EINVAL);
        assert_int_equal(originals.n, 1);
}

/* The order is neither sorted nor reversed, and the array has to grow. */
static void test_originals_stay_sorted(void **state)
{
        _cleanup_originals_ Originals originals = {};
        enum { N = 50 };

        for (unsigned i = 0; i < N; i++) {
                KnobId id = { .knob = KNOB_DISABLE, .id = i * 37 % N };
                char value[2] = { (char)('0' + id.id % 2), '\0' };

                assert_int_equal(originals_add(&originals, &id, value), 1);
        }
        assert_int_equal(originals.n, N);
        for (unsigned i = 0; i < N; i++) {
                assert_int_equal(originals.entries[i].id.id, i);
                assert_int_equal(originals.entries[i].value[0], '0' + i % 2);
        }
}

/* The result is that of a search, in whatever order the knobs are asked for. */
static void test_originals_get_near(void **state)
{
        _cleanup_originals_ Originals originals = {};
        size_t hint = 0;
        enum { N = 50 };

        for (unsigned i = 0; i < N; i += 3)
                assert_int_equal(originals_add(&originals, &(KnobId) { .knob = KNOB_DISABLE, .id = i }, "0"), 1);
        for (unsigned step = 1; step < N; step += 6)
                for (unsigned i = 0; i < 3 * N; i++) {
                        KnobId id = { .knob = KNOB_DISABLE, .id = i * step % N };

                        assert_ptr_equal(originals_get_near(&originals, &id, &hint), originals_get(&originals, &id));
                }
        originals_done(&originals);
        assert_null(originals_get_near(&originals, &(KnobId) { .knob = KNOB_DISABLE }, &hint));
}

static void test_originals_copy(void **state)
{
        _cleanup_originals_ Originals originals = {}, copy = {};

        assert_int_equal(originals_copy(&originals, &copy), 0);
        assert_int_equal(copy.n, 0);
        assert_int_equal(originals_add(&originals, &governor, "ondemand"), 1);
        assert_int_equal(originals_copy(&originals, &copy), 0);
        assert_int_equal(originals_add(&copy, &disable, "0"), 1);
        assert_int_equal(originals.n, 1);
        assert_string_equal(originals_get(&copy, &governor), "ondemand");
}

static void test_originals_format_and_parse(void **state)
{
        _cleanup_originals_ Originals originals = {}, parsed = {};
        _cleanup_free_ char *text = NULL, *again = NULL;

        assert_int_equal(originals_add(&originals, &disable, "0"), 1);
        assert_int_equal(originals_add(&originals, &governor, "ondemand"), 1);
        text = originals_format(&originals, BOOT);
        assert_string_equal(text,
                            HEADER "cpufreq/policy2/scaling_governor\tondemand\ncpu2/cpuidle/state3/disable\t0\n");
        assert_int_equal(originals_parse(text, strlen(text), BOOT, &parsed), 1);
        again = originals_format(&parsed, BOOT);
        assert_string_equal(again, text);
}

static void test_originals_parse_of_another_boot(void **state)
{
        static const char text[] = HEADER "cpufreq/policy2/scaling_governor\tondemand\n";
        Originals parsed = { .n = 7 };

        assert_int_equal(originals_parse(text, strlen(text), "another", &parsed), 0);
        assert_int_equal(parsed.n, 0);
        assert_null(parsed.entries);
}

static void test_originals_parse_refuses(void **state)
{
#define LINE "cpufreq/policy2/scaling_governor\tondemand\n"
#define TEXT(text)                     \
        {                              \
                text, sizeof(text) - 1 \
        }
        static const struct {
                const char *text;
                size_t size;
        } rows[] = {
                TEXT(""),
                TEXT("\n"),
                TEXT(LINE),
                TEXT("tscwarden-originals 2 " BOOT "\n" LINE),
                TEXT("tscwarden-originals 1 " BOOT),
                TEXT(HEADER "cpufreq/policy2/scaling_governor\tondemand"), /* cut short */
                TEXT(HEADER "cpufreq/policy2/scaling_governor\tond\0mand\n"),
                TEXT(HEADER "\0\n"),
                TEXT(HEADER "\n"),
                TEXT(HEADER "cpufreq/policy2/scaling_governor ondemand\n"),
                TEXT(HEADER "cpufreq/policy2/scaling_governor\t\n"),
                TEXT(HEADER "cpufreq/policy2/scaling_governor\tondemand\tmore\n"),
                TEXT(HEADER "cpufreq/policy2/scaling_cur_freq\t800000\n"),
                TEXT(HEADER "../../etc/passwd\troot\n"),
                TEXT(HEADER "cpu2/cpuidle/state3/disable\t2\n"),
                TEXT(HEADER LINE LINE),
        };

        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                Originals parsed = { .n = 7 };

                if (originals_parse(rows[i].text, rows[i].size, BOOT, &parsed) != -EBADMSG || parsed.n != 7)
                        fail_msg("row %zu was taken: %s", i, rows[i].text);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_originals_keep_the_first_value),
                cmocka_unit_test(test_originals_stay_sorted),
                cmocka_unit_test(test_originals_get_near),
                cmocka_unit_test(test_originals_copy),
                cmocka_unit_test(test_originals_format_and_parse),
                cmocka_unit_test(test_originals_parse_of_another_boot),
                cmocka_unit_test(test_originals_parse_refuses),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
