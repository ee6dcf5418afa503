/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/macro.h"
#include "host/tool.h"
#include "scratch.h"

static void write_program(const Scratch *scratch, const char *name, const char *text)
{
        assert_int_equal(scratch_write(scratch, name, text, strlen(text)), 0);
        assert_int_equal(fchmodat(scratch->fd, name, 0755, 0), 0);
        setenv("PATH", scratch->path, 1);
}

static void test_tool_find_looks_where_root_would(void **state)
{
        const Scratch *scratch = *state;
        char path[PATH_MAX] = "kept", wanted[128];

        assert_false(tool_find("tscwarden-no-such-program", path));
        assert_string_equal(path, "kept");
        write_program(scratch, "mine", "#!/bin/sh\n");
        snprintf(wanted, sizeof(wanted), "%s/mine", scratch->path);
        assert_true(tool_find("mine", path));
        assert_string_equal(path, wanted);
        assert_true(tool_find("sh", path));
}

static void test_tool_run_returns_what_it_says(void **state)
{
        const char *const argv[] = { "say", "a b", NULL };
        _cleanup_free_ char *out = NULL, *all = NULL;
        int status = -1;

        write_program(*state, "say", "#!/bin/sh\necho \"$1 $LC_ALL\"; echo err >&2; read -r x && exit 9; exit 3\n");
        setenv("LC_MESSAGES", "de_DE.UTF-8", 1);
        assert_int_equal(tool_run(argv, 20, TOOL_TAKE, &status, &out), 0);
        assert_int_equal(status, 3);
        assert_string_equal(out, "a b C\n");
        assert_int_equal(tool_run(argv, 20, TOOL_TAKE_ALL, &status, &all), 0);
        assert_string_equal(all, "a b C\nerr\n");
}

static int take(const Scratch *scratch, const char *script, int *ret_status, char **ret_output)
{
        const char *const argv[] = { "script", NULL };
        char text[128];

        snprintf(text, sizeof(text), "#!/bin/sh\nPATH=/usr/bin:/bin\n%s\n", script);
        write_program(scratch, "script", text);
        return tool_run(argv, 1, TOOL_TAKE_ALL, ret_status, ret_output);
}

static void test_tool_run_ends_in_time(void **state)
{
        char *output = NULL;
        int status = -1;

        /* First a grandchild keeps the pipe open; then the program closes the pipe and goes on. */
        assert_int_equal(take(*state, "sleep 30 & exit 0", &status, &output), -ETIMEDOUT);
        assert_int_equal(take(*state, "exec >&- 2>&-; sleep 30", &status, &output), -ETIMEDOUT);
        assert_null(output);
        assert_int_equal(status, -1);
}

static void test_tool_run_failures(void **state)
{
        const char *const missing[] = { "tscwarden-no-such-program", NULL }, *const killed[] = { "killed", NULL };
        const char *const slow[] = { "slow", NULL }, *const loud[] = { "loud", NULL };
        char *kept = (char *)"kept";
        int status = -1;

        assert_int_equal(tool_run(missing, 20, TOOL_SHOW, &status, NULL), -ENOENT);
        write_program(*state, "slow", "#!/bin/sh\nexec /bin/sleep 100\n");
        assert_int_equal(tool_run(slow, 1, TOOL_SHOW, &status, NULL), -ETIMEDOUT);
        assert_int_equal(tool_run(slow, 1, TOOL_TAKE, &status, &kept), -ETIMEDOUT);
        write_program(*state, "loud", "#!/bin/sh\nexec /usr/bin/yes\n");
        assert_int_equal(tool_run(loud, 100, TOOL_TAKE, &status, &kept), -ENOBUFS);
        assert_string_equal(kept, "kept");
        assert_int_equal(status, -1);
        write_program(*state, "killed", "#!/bin/sh\nkill -TERM $$\n");
        assert_int_equal(tool_run(killed, 20, TOOL_SHOW, &status, NULL), 0);
        assert_int_equal(status, 128 + 15);
}

/* Returns whether the process is gone or a zombie. */
static bool has_ended(pid_t pid)
{
        char path[64], text[256] = "";
        FILE *stat;

        snprintf(path, sizeof(path), "/proc/%d/stat", pid);
        stat = fopen(path, "r");
        if (!stat)
                return true;
        assert_non_null(fgets(text, sizeof(text), stat));
        fclose(stat);
        return strstr(text, ") Z ") != NULL;
}

static void test_tool_run_ends_what_it_started(void **state)
{
        const char *const slow[] = { "slow", NULL };
        const Scratch *scratch = *state;
        char path[128];
        int status, pid = 0;
        FILE *file;

        write_program(scratch, "slow",
                      "#!/bin/sh\n/bin/sleep 100 &\necho $! > \"$(/usr/bin/dirname $0)/pid\"\nexec /bin/sleep 100\n");
        /* Long enough for the script to write its file. */
        assert_int_equal(tool_run(slow, 3, TOOL_SHOW, &status, NULL), -ETIMEDOUT);
        snprintf(path, sizeof(path), "%s/pid", scratch->path);
        file = fopen(path, "r");
        assert_non_null(file);
        assert_int_equal(fscanf(file, "%d", &pid), 1);
        fclose(file);
        assert_true(pid > 0 && has_ended(pid));
        assert_int_equal(unlinkat(scratch->fd, "pid", 0), 0);
}

/* As when somebody presses Ctrl-C, and the caller ignores it because it can still undo its changes. */
static void test_tool_run_passes_signals_on(void **state)
{
        const char *const slow[] = { "slow", NULL };
        const Scratch *scratch = *state;
        int status = -1;
        pid_t pid;

        write_program(scratch, "slow", "#!/bin/sh\n: > \"$(/usr/bin/dirname $0)/begun\"\nexec /bin/sleep 100\n");
        pid = fork();
        assert_true(pid >= 0);
        if (pid == 0) {
                signal(SIGTERM, SIG_IGN);
                _exit(tool_run(slow, 100, TOOL_SHOW, &status, NULL) == 0 && status == 128 + SIGTERM ? 0 : 1);
        }
        for (unsigned i = 0; i < 30000 && faccessat(scratch->fd, "begun", F_OK, 0) < 0; i++)
                usleep(1000);
        assert_int_equal(unlinkat(scratch->fd, "begun", 0), 0);
        assert_int_equal(kill(pid, SIGTERM), 0);
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_int_equal(status, 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_tool_find_looks_where_root_would, scratch_setup, scratch_teardown),
                cmocka_unit_test_setup_teardown(test_tool_run_returns_what_it_says, scratch_setup, scratch_teardown),
                cmocka_unit_test_setup_teardown(test_tool_run_ends_in_time, scratch_setup, scratch_teardown),
                cmocka_unit_test_setup_teardown(test_tool_run_failures, scratch_setup, scratch_teardown),
                cmocka_unit_test_setup_teardown(test_tool_run_ends_what_it_started, scratch_setup, scratch_teardown),
                cmocka_unit_test_setup_teardown(test_tool_run_passes_signals_on, scratch_setup, scratch_teardown),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
