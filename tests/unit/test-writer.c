/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/macro.h"
#include "host/writer.h"

static void test_writer_format(void **state)
{
        static const struct {
                Writer writer;
                const char *text, *name;
        } rows[] = {
                { {}, "somebody who cannot be named", "" },
                { { .pid = 7 }, "a process that had ended already, pid 7", "" },
                { { 7, "cpupower", "", "" }, "cpupower, pid 7", "cpupower" },
                { { 7, "cpupower", "", "cpupower.service" },
                  "cpupower, pid 7 of cpupower.service",
                  "cpupower of cpupower.service" },
                { { 7, "bash", "bash x y", "" }, "bash, pid 7 (bash x y)", "bash" },
                { { 7, "bash", "bash x y", "session-1.scope" },
                  "bash, pid 7 of session-1.scope (bash x y)",
                  "bash of session-1.scope" },
        };

        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                _cleanup_free_ char *text = writer_format(&rows[i].writer), *name = writer_format_name(&rows[i].writer);

                _cleanup_free_ char *public = writer_format_public(&rows[i].writer);

                assert_string_equal(text, rows[i].text);
                /* In each row the command line is the end of the text. */
                assert_memory_equal(public, text, strlen(public));
                assert_int_equal(strlen(public), rows[i].writer.command[0] ? strcspn(text, "(") - 1 : strlen(text));
                assert_string_equal(name, rows[i].name);
        }
}

static void test_writer_is_thermal(void **state)
{
        assert_true(writer_is_thermal(&(Writer) { .comm = "thermald" }));
        assert_true(writer_is_thermal(&(Writer) { .unit = "thermald.service" }));
        assert_false(writer_is_thermal(&(Writer) { .comm = "tuned", .unit = "tuned.service" }));
        assert_false(writer_is_thermal(&(Writer) {}));
}

/* Starts a child named `name` that lives until `*ret_end` is closed. */
static pid_t start_child(const char *name, int *ret_end)
{
        int ready[2], end[2];
        pid_t pid;
        char c;

        assert_int_equal(pipe(ready), 0);
        assert_int_equal(pipe(end), 0);
        pid = fork();
        if (pid == 0) {
                prctl(PR_SET_NAME, name);
                close(end[1]);
                (void)!write(ready[1], "x", 1);
                (void)!read(end[0], &c, 1);
                _exit(0);
        }
        assert_int_equal(read(ready[0], &c, 1), 1);
        close(ready[0]);
        close(ready[1]);
        close(end[0]);
        *ret_end = end[1];
        return pid;
}

static void test_writer_read(void **state)
{
        int end, pidfd;
        pid_t pid = start_child("fifteen letters", &end);
        Writer writer;

        pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
        writer_read(pid, pidfd, &writer);
        assert_int_equal(writer.pid, pid);
        assert_string_equal(writer.comm, "fifteen letters");
        assert_non_null(strstr(writer.command, "test-writer"));

        /* The pid belongs to another process by now, which the pidfd shows. */
        close(end);
        assert_int_equal(waitpid(pid, NULL, 0), pid);
        writer_read(getpid(), pidfd, &writer);
        assert_int_equal(writer.pid, getpid());
        assert_string_equal(writer.comm, "");
        assert_string_equal(writer.command, "");
        assert_string_equal(writer.unit, "");

        writer_read(pid, -1, &writer);
        assert_int_equal(writer.pid, pid);
        assert_string_equal(writer.comm, "");
        writer_read(0, -1, &writer);
        assert_int_equal(writer.pid, 0);
        close(pidfd);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_writer_format),
                cmocka_unit_test(test_writer_is_thermal),
                cmocka_unit_test(test_writer_read),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
