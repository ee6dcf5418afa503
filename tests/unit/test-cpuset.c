/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/cpuset.h"

static void test_cpuset_parse_formats_back(void **state)
{
        static const struct {
                const char *text;
                unsigned count;
                const char *formatted; /* NULL: as text */
        } cases[] = {
                { "", 0, NULL },
                { "0", 1, NULL },
                { "0-3,8", 5, NULL },
                { "8191", 1, NULL },
                { "0-8191", 8192, NULL },
                { "63-64", 2, NULL },
                { "62,64,127-128", 4, NULL },
                { "3,1,2", 3, "1-3" },
                { "0-7:2", 4, "0,2,4,6" },
                { "1-8:3", 3, "1,4,7" },
                { "0-3:1", 4, "0-3" },
                { "2-3:99999999999999999999", 1, "2" },
                { "5-5", 1, "5" },
                { "0-3,2-5,4", 6, "0-5" },
                { "007", 1, "7" },
        };

        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                _cleanup_cpuset_ CpuSet set = {};
                _cleanup_free_ char *text = NULL;

                assert_int_equal(cpuset_parse(cases[i].text, &set), 0);
                assert_int_equal(cpuset_count(&set), cases[i].count);
                assert_int_equal(cpuset_is_empty(&set), cases[i].count == 0);
                text = cpuset_format(&set);
                assert_non_null(text);
                assert_string_equal(text, cases[i].formatted ?: cases[i].text);
        }
}

static void test_cpuset_parse_refuses(void **state)
{
        static const struct {
                const char *text;
                int error;
        } cases[] = {
                { " ", -EINVAL },
                { "0 ", -EINVAL },
                { " 0", -EINVAL },
                { "0\n", -EINVAL },
                { ",", -EINVAL },
                { "0,", -EINVAL },
                { ",0", -EINVAL },
                { "0,,1", -EINVAL },
                { "-", -EINVAL },
                { "0-", -EINVAL },
                { "-1", -EINVAL },
                { "+1", -EINVAL },
                { "3-1", -EINVAL },
                { "0-3:0", -EINVAL },
                { "0-3:", -EINVAL },
                { "0:2", -EINVAL },
                { "0-3-5", -EINVAL },
                { "0-3:1:1", -EINVAL },
                { "all", -EINVAL },
                { "0x1", -EINVAL },
                { "1.5", -EINVAL },
                { "8192", -ERANGE },
                { "0-8192", -ERANGE },
                { "4294967296", -ERANGE },
                { "18446744073709551616", -ERANGE },
                { "0,8192", -ERANGE },
                { "0-3;5", -EINVAL },
        };

        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                CpuSet set = { .word = 42, .n_words = 1 };
                int r = cpuset_parse(cases[i].text, &set);

                if (r != cases[i].error)
                        print_error("\"%s\": expected %d, got %d\n", cases[i].text, cases[i].error, r);
                assert_int_equal(r, cases[i].error);
                assert_int_equal(set.word, 42);
        }
}

static void test_cpuset_of_different_lengths(void **state)
{
        _cleanup_cpuset_ CpuSet a = {}, b = {};

        assert_true(cpuset_equal(&a, &b));
        assert_int_equal(cpuset_add(&a, 1), 0);
        assert_int_equal(cpuset_add(&b, 1), 0);
        assert_int_equal(cpuset_add(&b, 1000), 0);
        assert_false(cpuset_equal(&a, &b));
        assert_false(cpuset_equal(&b, &a));
        assert_false(cpuset_has(&a, 1000));
        cpuset_remove(&a, 1000);
        cpuset_remove(&b, 1000);
        assert_true(cpuset_equal(&a, &b));
        assert_true(cpuset_equal(&b, &a));
        assert_int_equal(cpuset_next(&b, 2), -1);
        assert_int_equal(cpuset_next(&b, CPUSET_MAX), -1);
        assert_int_equal(cpuset_next(&b, UINT_MAX), -1);
        assert_int_equal(cpuset_add(&a, CPUSET_MAX), -ERANGE);
        assert_int_equal(cpuset_add(&a, UINT_MAX), -ERANGE);
}

static void test_cpuset_removes_another(void **state)
{
        _cleanup_cpuset_ CpuSet a = {}, b = {}, empty = {};
        _cleanup_free_ char *rest = NULL;

        assert_int_equal(cpuset_parse("0-3,200,4000", &a), 0);
        assert_int_equal(cpuset_parse("2-300", &b), 0);
        assert_true(cpuset_overlap(&a, &b) && cpuset_overlap(&b, &a));
        cpuset_remove_all(&a, &b);
        rest = cpuset_format(&a);
        assert_string_equal(rest, "0-1,4000");
        assert_false(cpuset_overlap(&a, &b) || cpuset_overlap(&b, &a));
        assert_false(cpuset_overlap(&a, &empty) || cpuset_overlap(&empty, &a));
        cpuset_remove_all(&a, &empty);
        cpuset_remove_all(&empty, &a);
        assert_int_equal(cpuset_count(&a), 3);
        assert_true(cpuset_is_empty(&empty));
}

static void test_cpuset_copy_is_independent(void **state)
{
        _cleanup_cpuset_ CpuSet a = {}, b = {}, empty = {};

        assert_int_equal(cpuset_parse("0-3,200", &a), 0);
        assert_int_equal(cpuset_parse("4000", &b), 0);
        assert_int_equal(cpuset_copy(&b, &a), 0);
        assert_true(cpuset_equal(&a, &b));
        cpuset_remove(&a, 200);
        assert_true(cpuset_has(&b, 200));
        assert_int_equal(cpuset_add_all(&a, &b), 0);
        assert_true(cpuset_equal(&a, &b));
        assert_int_equal(cpuset_copy(&b, &empty), 0);
        assert_true(cpuset_is_empty(&b));
}

static void test_cpuset_keeps_common_members(void **state)
{
        static const struct {
                const char *set, *other, *kept;
        } rows[] = {
                { "0-3,64,200", "2-100", "2-3,64" },
                { "100", "0-4095", "100" },
                { "0-4095", "100", "100" },
                { "0-63", "64-127", "" },
                { "", "1", "" },
                { "1", "", "" },
                { "3,4000", "3,4000", "3,4000" },
        };

        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                _cleanup_cpuset_ CpuSet set = {}, other = {}, kept = {};

                assert_int_equal(cpuset_parse(rows[i].set, &set), 0);
                assert_int_equal(cpuset_parse(rows[i].other, &other), 0);
                assert_int_equal(cpuset_parse(rows[i].kept, &kept), 0);
                cpuset_keep(&set, &other);
                assert_true(cpuset_equal(&set, &kept));
        }
}

/* Two CPUs in each of 4096 policies. */
static void test_cpuset_of_one_is_one_word(void **state)
{
        _cleanup_cpuset_ CpuSet set = {};

        assert_int_equal(cpuset_add(&set, 4095), 0);
        assert_int_equal(set.n_words, 1);
        assert_int_equal(cpuset_next(&set, 0), 4095);
        assert_int_equal(cpuset_add(&set, 3900), 0);
        assert_int_equal(cpuset_next(&set, 0), 3900);
        assert_int_equal(cpuset_next(&set, 3901), 4095);
}

static void naive_format(const bool *has, char *text)
{
        *text = '\0';
        for (unsigned cpu = 0; cpu < CPUSET_MAX; cpu++) {
                unsigned end = cpu;

                if (!has[cpu])
                        continue;
                while (end + 1 < CPUSET_MAX && has[end + 1])
                        end++;
                text += sprintf(text, "%u", cpu);
                if (end > cpu)
                        text += sprintf(text, "-%u", end);
                cpu = end;
                *text++ = ',';
                *text = '\0';
        }
        if (text[-1] == ',')
                text[-1] = '\0';
}

static void check_against(const CpuSet *set, const bool *has)
{
        static char expected[CPUSET_MAX * 5 + 1];
        _cleanup_cpuset_ CpuSet again = {};
        _cleanup_free_ char *text = NULL;
        unsigned n = 0;
        int next = cpuset_next(set, 0);

        for (unsigned cpu = 0; cpu < CPUSET_MAX; cpu++) {
                assert_int_equal(cpuset_has(set, cpu), has[cpu]);
                if (!has[cpu])
                        continue;
                n++;
                assert_int_equal(next, cpu);
                next = cpuset_next(set, cpu + 1);
        }
        assert_int_equal(next, -1);
        assert_int_equal(cpuset_count(set), n);
        naive_format(has, expected + 1);
        text = cpuset_format(set);
        assert_non_null(text);
        assert_string_equal(text, expected + 1);
        assert_int_equal(cpuset_parse(text, &again), 0);
        assert_true(cpuset_equal(&again, set));
}

static void random_fill(CpuSet *set, bool *has)
{
        unsigned limit = 1U << (random() % 14);
        unsigned n_changes = (unsigned)random() % (2 * limit);

        if (limit > CPUSET_MAX)
                limit = CPUSET_MAX;
        unsigned base = (unsigned)random() % (CPUSET_MAX - limit + 1);

        for (unsigned i = 0; i < n_changes; i++) {
                unsigned cpu = base + (unsigned)random() % limit;

                if (random() % 4 == 0) {
                        cpuset_remove(set, cpu);
                        has[cpu] = false;
                } else {
                        assert_int_equal(cpuset_add(set, cpu), 0);
                        has[cpu] = true;
                }
        }
}

static void test_cpuset_agrees_with_an_array(void **state)
{
        unsigned seed = (unsigned)time(NULL);

        print_message("seed %u\n", seed);
        srandom(seed);
        for (unsigned round = 0; round < 200; round++) {
                static bool has_a[CPUSET_MAX], has_b[CPUSET_MAX];
                _cleanup_cpuset_ CpuSet a = {}, b = {};

                memset(has_a, 0, sizeof(has_a));
                memset(has_b, 0, sizeof(has_b));
                random_fill(&a, has_a);
                random_fill(&b, has_b);
                check_against(&a, has_a);
                assert_int_equal(cpuset_equal(&a, &b), memcmp(has_a, has_b, sizeof(has_a)) == 0);
                assert_int_equal(cpuset_add_all(&a, &b), 0);
                for (unsigned cpu = 0; cpu < CPUSET_MAX; cpu++)
                        has_a[cpu] |= has_b[cpu];
                check_against(&a, has_a);
                check_against(&b, has_b);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_cpuset_parse_formats_back),   cmocka_unit_test(test_cpuset_parse_refuses),
                cmocka_unit_test(test_cpuset_of_different_lengths), cmocka_unit_test(test_cpuset_copy_is_independent),
                cmocka_unit_test(test_cpuset_keeps_common_members), cmocka_unit_test(test_cpuset_removes_another),
                cmocka_unit_test(test_cpuset_of_one_is_one_word),   cmocka_unit_test(test_cpuset_agrees_with_an_array),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
