/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/macro.h"
#include "host/sysfs.h"
#include "scratch.h"

static void test_sysfs_strips_the_end(void **state)
{
        const Scratch *scratch = *state;
        static const struct {
                const char *content;
                const char *value;
        } cases[] = {
                { "performance\n", "performance" },
                { "performance", "performance" },
                { "performance schedutil \n", "performance schedutil" },
                { "a \t\n", "a" },
                { " a\n", " a" },
                { "a\n\n", "a\n" },
                { "a\nb\n", "a\nb" },
                { "\n", "" },
                { " \n", "" },
                { "", "" },
        };

        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                _cleanup_free_ char *string = NULL;
                char buffer[64] = "before";

                assert_int_equal(scratch_write(scratch, "f", cases[i].content, strlen(cases[i].content)), 0);
                assert_int_equal(sysfs_read_at(scratch->fd, "f", buffer, sizeof(buffer)), 0);
                assert_string_equal(buffer, cases[i].value);
                assert_int_equal(sysfs_read_string_at(scratch->fd, "f", &string), 0);
                assert_string_equal(string, cases[i].value);
        }
}

static void test_sysfs_refuses_what_does_not_fit(void **state)
{
        static char content[SYSFS_READ_MAX + 2];
        const Scratch *scratch = *state;
        char buffer[5] = "keep", *string = buffer;

        assert_int_equal(scratch_write(scratch, "f", "1234\n", 5), 0);
        assert_int_equal(sysfs_read_at(scratch->fd, "f", buffer, 5), 0);
        assert_string_equal(buffer, "1234");
        strcpy(buffer, "keep");
        assert_int_equal(sysfs_read_at(scratch->fd, "f", buffer, 4), -ENOBUFS);
        assert_string_equal(buffer, "keep");

        memset(content, 'x', sizeof(content));
        assert_int_equal(scratch_write(scratch, "f", content, SYSFS_READ_MAX + 1), 0);
        assert_int_equal(sysfs_read_string_at(scratch->fd, "f", &string), -ENOBUFS);
        assert_ptr_equal(string, buffer);
        assert_int_equal(scratch_write(scratch, "f", content, SYSFS_READ_MAX), 0);
        assert_int_equal(sysfs_read_string_at(scratch->fd, "f", &string), 0);
        assert_int_equal(strlen(string), SYSFS_READ_MAX);
        free(string);
}

static void test_sysfs_passes_errors_and_closes(void **state)
{
        const Scratch *scratch = *state;
        char buffer[8] = "keep";
        int before, after;

        before = dup(0);
        close(before);
        assert_int_equal(sysfs_read_at(scratch->fd, "missing", buffer, sizeof(buffer)), -ENOENT);
        assert_int_equal(sysfs_read_at(scratch->fd, ".", buffer, sizeof(buffer)), -EISDIR);
        assert_int_equal(sysfs_read_at(-1, "f", buffer, sizeof(buffer)), -EBADF);
        assert_string_equal(buffer, "keep");
        assert_int_equal(scratch_write(scratch, "f", "1\n", 2), 0);
        assert_int_equal(sysfs_read_at(scratch->fd, "f", buffer, sizeof(buffer)), 0);
        after = dup(0);
        close(after);
        assert_int_equal(before, after);
}

static void test_sysfs_reads_back_what_it_wrote(void **state)
{
        const Scratch *scratch = *state;
        char path[sizeof(scratch->path) + 2], actual[8];

        snprintf(path, sizeof(path), "%s/f", scratch->path);
        assert_int_equal(sysfs_write(path, "1", actual, sizeof(actual)), -ENOENT);
        assert_int_equal(scratch_write(scratch, "f", "0\n", 2), 0);
        assert_int_equal(sysfs_write(path, "1", actual, sizeof(actual)), 0);
        assert_string_equal(actual, "1");
        assert_int_equal(scratch_write(scratch, "f", "12345678\n", 9), 0);
        assert_int_equal(sysfs_write(path, "0", actual, sizeof(actual)), 0);
        assert_string_equal(actual, "");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_sysfs_strips_the_end, scratch_setup, scratch_teardown),
                cmocka_unit_test_setup_teardown(test_sysfs_refuses_what_does_not_fit, scratch_setup, scratch_teardown),
                cmocka_unit_test_setup_teardown(test_sysfs_reads_back_what_it_wrote, scratch_setup, scratch_teardown),
                cmocka_unit_test_setup_teardown(test_sysfs_passes_errors_and_closes, scratch_setup, scratch_teardown),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
