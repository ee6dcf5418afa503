/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "manager/remarks.h"

static char text[4096];

/* Returns the messages for one remark on our file and one on cpupower's. */
static void log_both(Halves halves)
{
        char ours[] = "/etc/default/tscwarden:1: a remark", foreign[] = "/etc/default/cpupower:2: another";
        ConfigFault entries[] = { { .text = ours }, { .foreign = true, .text = foreign } };
        const ConfigFaults errors = { .entries = entries, .n = 2 };
        int stderr_fd = dup(STDERR_FILENO), log_fd = memfd_create("log", MFD_CLOEXEC);
        ssize_t n;

        assert_true(dup2(log_fd, STDERR_FILENO) >= 0);
        remarks_log(&errors, halves);
        assert_true(dup2(stderr_fd, STDERR_FILENO) >= 0);
        n = pread(log_fd, text, sizeof(text) - 1, 0);
        assert_true(n > 0);
        text[n] = '\0';
        close(stderr_fd);
        close(log_fd);
}

static void test_remarks_warn_where_a_policy_is_applied(void **state)
{
        log_both((Halves) { .idle = true });
        assert_non_null(strstr(text, "warning: /etc/default/tscwarden:1: a remark\n"));
        assert_non_null(strstr(text, "warning: /etc/default/cpupower:2: another\n"));
}

/* On this host cpupower's file is not used. */
static void test_remarks_inform_where_none_is(void **state)
{
        log_both((Halves) {});
        assert_non_null(strstr(text, "warning: /etc/default/tscwarden:1: a remark\n"));
        assert_null(strstr(text, "warning: /etc/default/cpupower"));
        assert_non_null(strstr(text, "/etc/default/cpupower:2: another. tscwarden applies no policy on this host"));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_remarks_warn_where_a_policy_is_applied),
                cmocka_unit_test(test_remarks_inform_where_none_is),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
