/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/macro.h"
#include "host/program.h"

/* Far beyond what any of these takes, but for those that are meant to run into it. */
#define LONG_MSEC 20000

static int run_shell(const char *script, unsigned timeout_msec, char **ret_output)
{
        const char *const argv[] = { "sh", "-c", script, NULL };

        return program_run(argv, timeout_msec, ret_output);
}

static void test_output_and_status(void **state)
{
        static const struct {
                const char *script;
                int status;
                const char *output;
        } cases[] = {
                { "echo one; echo two >&2", 0, "one\ntwo\n" },
                { "echo no; exit 3", 3, "no\n" },
                { "cat", 0, "" },
                { "echo $LC_ALL", 0, "C\n" },
                { "exec >&- 2>&-; sleep 0.1; exit 5", 5, "" },
        };

        assert_int_equal(setenv("LC_ALL", "de_DE.UTF-8", 1), 0);
        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                _cleanup_free_ char *output = NULL;

                assert_int_equal(run_shell(cases[i].script, LONG_MSEC, &output), cases[i].status);
                assert_string_equal(output, cases[i].output);
        }
}

static void test_failures(void **state)
{
        static const char *const nowhere[] = { "tscwarden-no-such-program", NULL };
        char *output = NULL;

        assert_int_equal(program_run(nowhere, LONG_MSEC, &output), -ENOENT);
        assert_int_equal(run_shell("kill -KILL $$", LONG_MSEC, &output), -EPIPE);
        assert_int_equal(run_shell("sleep 1000", 50, &output), -ETIMEDOUT);
        assert_int_equal(run_shell("exec >&- 2>&-; sleep 1000", 50, &output), -ETIMEDOUT);
        /* A grandchild keeps the pipe open. */
        assert_int_equal(run_shell("sleep 30 & exit 0", 50, &output), -ETIMEDOUT);
        assert_null(output);
}

static void test_long_output_is_cut(void **state)
{
        _cleanup_free_ char *output = NULL;

        assert_int_equal(run_shell("head -c 100000 /dev/zero | tr '\\0' x; exit 4", LONG_MSEC, &output), 4);
        assert_int_equal(strlen(output), PROGRAM_OUTPUT_MAX);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_output_and_status),
                cmocka_unit_test(test_failures),
                cmocka_unit_test(test_long_output_is_cut),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
