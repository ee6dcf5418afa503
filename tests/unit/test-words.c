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

static void test_text_after_a_prefix(void **state)
{
        assert_string_equal(text_after("GRUB_X=1", "GRUB_X="), "1");
        assert_string_equal(text_after("tsc", "tsc"), "");
        assert_string_equal(text_after("tsc", ""), "tsc");
        assert_null(text_after("ts", "tsc"));
        assert_null(text_after(" tsc", "tsc"));
}

static void test_text_line_by_line(void **state)
{
        const char *line = text_next_line("a\n\nb");

        assert_string_equal(line, "\nb");
        line = text_next_line(line);
        assert_string_equal(line, "b");
        assert_null(text_next_line(line));
        assert_string_equal(text_next_line("a\n"), "");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_words_come_one_by_one),
                cmocka_unit_test(test_words_have_a_whole_word),
                cmocka_unit_test(test_text_after_a_prefix),
                cmocka_unit_test(test_text_line_by_line),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
