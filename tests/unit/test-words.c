/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/words.h"

static void test_words_come_one_by_one(void **state)
{
        const char *text = "  performance\tpowersave \n x", *word;
        size_t length;

        word = words_next(&text, &length);
        assert_int_equal(length, 11);
        assert_memory_equal(word, "performance", 11);
        word = words_next(&text, &length);
        assert_int_equal(length, 9);
        assert_memory_equal(word, "powersave", 9);
        word = words_next(&text, &length);
        assert_int_equal(length, 1);
        assert_memory_equal(word, "x", 1);
        assert_null(words_next(&text, &length));
        text = " \n";
        assert_null(words_next(&text, &length));
}

static void test_words_have_a_whole_word(void **state)
{
        assert_true(words_have("tsc hpet acpi_pm ", "hpet"));
        assert_true(words_have("hpet acpi_pm\n", "acpi_pm"));
        assert_true(words_have("tsc", "tsc"));
        assert_false(words_have("tsc-early hpet", "tsc"));
        assert_false(words_have("tsc", "tsc-early"));
        assert_false(words_have("", "tsc"));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_words_come_one_by_one),
                cmocka_unit_test(test_words_have_a_whole_word),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
