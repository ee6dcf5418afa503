/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "base/macro.h"
#include "host/runtime.h"
#include "scratch.h"

static void assert_content(const Scratch *scratch, const char *name, const char *expected)
{
        _cleanup_free_ char *data = NULL;
        size_t size;

        assert_int_equal(runtime_read_file(scratch->fd, name, 1024, &data, &size), 0);
        assert_int_equal(size, strlen(expected));
        assert_string_equal(data, expected);
}

static void assert_missing(const Scratch *scratch, const char *name)
{
        assert_int_equal(faccessat(scratch->fd, name, F_OK, AT_SYMLINK_NOFOLLOW), -1);
}

static void path_below(const Scratch *scratch, const char *name, char path[static 128])
{
        snprintf(path, 128, "%s/%s", scratch->path, name);
}

static void test_runtime_open_makes_it(void **state)
{
        const Scratch *scratch = *state;
        struct stat st;
        char path[128];
        int fd = -1;

        path_below(scratch, "run", path);
        umask(022);
        assert_int_equal(runtime_open(path, &fd), 0);
        assert_int_equal(fstat(fd, &st), 0);
        assert_int_equal(st.st_mode, S_IFDIR | 0755);
        assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
        close(fd);
        assert_int_equal(runtime_open(path, &fd), 0);
        close(fd);
}

static void test_runtime_open_takes_the_first_directory_systemd_names(void **state)
{
        const Scratch *scratch = *state;
        char path[128], list[300];
        int fd = -1;

        path_below(scratch, "first", path);
        snprintf(list, sizeof(list), "%s:%s/second", path, scratch->path);
        setenv("RUNTIME_DIRECTORY", list, 1);
        assert_int_equal(runtime_open(NULL, &fd), 0);
        close(fd);
        unsetenv("RUNTIME_DIRECTORY");
        assert_int_equal(faccessat(scratch->fd, "first", F_OK, 0), 0);
        assert_missing(scratch, "second");
}

static void test_runtime_open_refuses_what_others_control(void **state)
{
        const Scratch *scratch = *state;
        char path[128];
        int fd = -1;

        path_below(scratch, "d", path);
        assert_int_equal(mkdirat(scratch->fd, "d", 0755), 0);
        assert_int_equal(fchmodat(scratch->fd, "d", 0775, 0), 0);
        assert_int_equal(runtime_open(path, &fd), -EPERM);
        assert_int_equal(fchmodat(scratch->fd, "d", 0757, 0), 0);
        assert_int_equal(runtime_open(path, &fd), -EPERM);
        assert_int_equal(fchmodat(scratch->fd, "d", 0755, 0), 0);

        path_below(scratch, "link", path);
        assert_int_equal(symlinkat("d", scratch->fd, "link"), 0);
        assert_int_equal(runtime_open(path, &fd), -ENOTDIR);
        path_below(scratch, "file", path);
        assert_int_equal(scratch_write(scratch, "file", "x", 1), 0);
        assert_int_equal(runtime_open(path, &fd), -ENOTDIR);
        path_below(scratch, "missing/parent", path);
        assert_int_equal(runtime_open(path, &fd), -ENOENT);
        /* A directory of another user: for root one that it gives away, for others the root directory. */
        path_below(scratch, "d", path);
        if (geteuid() == 0)
                assert_int_equal(fchownat(scratch->fd, "d", 65534, 65534, 0), 0);
        assert_int_equal(runtime_open(geteuid() == 0 ? path : "/", &fd), -EPERM);
        assert_int_equal(fd, -1);
        /* Root accepts the directory of another user if $RUNTIME_DIRECTORY names it. */
        setenv("RUNTIME_DIRECTORY", geteuid() == 0 ? path : "/", 1);
        assert_int_equal(runtime_open(NULL, &fd), geteuid() == 0 ? 0 : -EPERM);
        if (geteuid() == 0)
                close(fd);
        assert_int_equal(fchmodat(scratch->fd, "d", 0777, 0), 0);
        if (geteuid() == 0)
                assert_int_equal(runtime_open(NULL, &fd), -EPERM);
        unsetenv("RUNTIME_DIRECTORY");
}

static void test_runtime_lock_keeps_others_out(void **state)
{
        const Scratch *scratch = *state;
        int fd, status;
        pid_t pid;

        assert_int_equal(runtime_lock(scratch->fd), 0);
        pid = fork();
        assert_true(pid >= 0);
        if (pid == 0) {
                fd = open(scratch->path, O_RDONLY | O_DIRECTORY);
                _exit(runtime_lock(fd) == -EBUSY ? 0 : 1);
        }
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
        /* The same descriptor may lock again. After an unlock another one may. */
        assert_int_equal(runtime_lock(scratch->fd), 0);
        assert_int_equal(flock(scratch->fd, LOCK_UN), 0);
        fd = open(scratch->path, O_RDONLY | O_DIRECTORY);
        assert_int_equal(runtime_lock(fd), 0);
        close(fd);
}

static void test_runtime_lock_waits_for_who_is_ending(void **state)
{
        const Scratch *scratch = *state;
        int locked[2], end[2], fd;
        char byte = 0;
        pid_t pid;

        assert_int_equal(pipe(locked), 0);
        assert_int_equal(pipe(end), 0);
        pid = fork();
        assert_true(pid >= 0);
        if (pid == 0) {
                fd = open(scratch->path, O_RDONLY | O_DIRECTORY);
                if (runtime_lock(fd) < 0 || write(locked[1], &byte, 1) != 1 || read(end[0], &byte, 1) != 1)
                        _exit(1);
                /* The other process waits for the lock by then; if it does not yet, the result is the same. */
                usleep(300000);
                _exit(0);
        }
        assert_int_equal(read(locked[0], &byte, 1), 1);
        assert_int_equal(runtime_lock_within(scratch->fd, 50), -EBUSY);
        assert_int_equal(write(end[1], &byte, 1), 1);
        assert_int_equal(runtime_lock_within(scratch->fd, 20000), 0);
        assert_int_equal(waitpid(pid, NULL, 0), pid);
        for (unsigned i = 0; i < 2; i++) {
                close(locked[i]);
                close(end[i]);
        }
}

static void test_runtime_leftover_goes_with_nobody_at_work(void **state)
{
        const Scratch *scratch = *state;
        int other = open(scratch->path, O_RDONLY | O_DIRECTORY);

        assert_int_equal(scratch_write(scratch, ".file.new", "x", 1), 0);
        assert_int_equal(scratch_write(scratch, "file", "x", 1), 0);
        assert_int_equal(runtime_lock(other), 0);
        runtime_remove_leftover(scratch->path, "file");
        assert_int_equal(faccessat(scratch->fd, ".file.new", F_OK, 0), 0);
        close(other);
        runtime_remove_leftover(scratch->path, "file");
        assert_int_equal(faccessat(scratch->fd, ".file.new", F_OK, 0), -1);
        assert_int_equal(faccessat(scratch->fd, "file", F_OK, 0), 0);
        runtime_remove_leftover("/no/such/folder", "file");
}

static void test_runtime_replace_file_takes_the_mode_as_it_is(void **state)
{
        const Scratch *scratch = *state;
        struct stat st;

        umask(077);
        assert_int_equal(runtime_replace_file(scratch->fd, "f", "one", 3, 0644), 0);
        umask(022);
        assert_content(scratch, "f", "one");
        assert_int_equal(fstatat(scratch->fd, "f", &st, 0), 0);
        assert_int_equal(st.st_mode, S_IFREG | 0644);
        assert_int_equal(runtime_replace_file(scratch->fd, "f", "", 0, 0600), 0);
        assert_content(scratch, "f", "");
        assert_missing(scratch, ".f.new");
}

static void test_runtime_replace_file_follows_no_link(void **state)
{
        const Scratch *scratch = *state;
        struct stat st;

        assert_int_equal(scratch_write(scratch, "victim", "victim", 6), 0);
        assert_int_equal(symlinkat("victim", scratch->fd, ".f.new"), 0);
        assert_int_equal(symlinkat("victim", scratch->fd, "f"), 0);
        assert_int_equal(runtime_replace_file(scratch->fd, "f", "mine", 4, 0600), 0);
        assert_content(scratch, "victim", "victim");
        assert_content(scratch, "f", "mine");
        assert_int_equal(fstatat(scratch->fd, "f", &st, AT_SYMLINK_NOFOLLOW), 0);
        assert_true(S_ISREG(st.st_mode));
}

static void test_runtime_replace_file_failing_leaves_the_old_one(void **state)
{
        const Scratch *scratch = *state;
        const struct rlimit small = { .rlim_cur = 10, .rlim_max = RLIM_INFINITY };
        struct rlimit before;
        char name[300];
        int r;

        assert_int_equal(runtime_replace_file(scratch->fd, "f", "old", 3, 0600), 0);
        /* The limit on file sizes stops a write in the middle, as a full disk would. */
        signal(SIGXFSZ, SIG_IGN);
        assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
        r = runtime_replace_file(scratch->fd, "f", "this is more than ten", 21, 0600);
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
        assert_int_equal(r, -EFBIG);
        assert_content(scratch, "f", "old");
        assert_missing(scratch, ".f.new");

        assert_int_equal(mkdirat(scratch->fd, "d", 0700), 0);
        assert_int_equal(runtime_replace_file(scratch->fd, "d", "x", 1, 0600), -EISDIR);
        assert_missing(scratch, ".d.new");

        assert_int_equal(mkdirat(scratch->fd, ".e.new", 0700), 0);
        assert_int_equal(runtime_replace_file(scratch->fd, "e", "x", 1, 0600), -EISDIR);
        assert_missing(scratch, "e");

        memset(name, 'n', sizeof(name) - 1);
        name[sizeof(name) - 1] = '\0';
        assert_int_equal(runtime_replace_file(scratch->fd, name, "x", 1, 0600), -ENAMETOOLONG);
}

static void test_runtime_read_file_refuses(void **state)
{
        const Scratch *scratch = *state;
        char *data = (char *)"keep";
        size_t size = 42;

        assert_int_equal(runtime_read_file(scratch->fd, "missing", 10, &data, &size), -ENOENT);
        assert_int_equal(scratch_write(scratch, "f", "12345", 5), 0);
        assert_int_equal(runtime_read_file(scratch->fd, "f", 4, &data, &size), -EFBIG);
        assert_int_equal(symlinkat("f", scratch->fd, "link"), 0);
        assert_int_equal(runtime_read_file(scratch->fd, "link", 10, &data, &size), -ELOOP);
        assert_int_equal(mkfifoat(scratch->fd, "fifo", 0600), 0);
        assert_int_equal(runtime_read_file(scratch->fd, "fifo", 10, &data, &size), -EINVAL);
        assert_int_equal(runtime_read_file(scratch->fd, ".", 10, &data, &size), -EINVAL);
        assert_string_equal(data, "keep");
        assert_int_equal(size, 42);
        assert_int_equal(runtime_read_file(scratch->fd, "f", 5, &data, &size), 0);
        assert_int_equal(size, 5);
        assert_string_equal(data, "12345");
        free(data);
}

static void test_runtime_remove_file(void **state)
{
        const Scratch *scratch = *state;

        assert_int_equal(runtime_remove_file(scratch->fd, "f"), 0);
        assert_int_equal(scratch_write(scratch, "f", "x", 1), 0);
        assert_int_equal(runtime_remove_file(scratch->fd, "f"), 0);
        assert_missing(scratch, "f");
        assert_int_equal(mkdirat(scratch->fd, "d", 0700), 0);
        assert_int_equal(runtime_remove_file(scratch->fd, "d"), -EISDIR);
}

#define scratch_test(f) cmocka_unit_test_setup_teardown(f, scratch_setup, scratch_teardown)

int main(void)
{
        const struct CMUnitTest tests[] = {
                scratch_test(test_runtime_open_makes_it),
                scratch_test(test_runtime_open_takes_the_first_directory_systemd_names),
                scratch_test(test_runtime_open_refuses_what_others_control),
                scratch_test(test_runtime_lock_keeps_others_out),
                scratch_test(test_runtime_lock_waits_for_who_is_ending),
                scratch_test(test_runtime_leftover_goes_with_nobody_at_work),
                scratch_test(test_runtime_replace_file_takes_the_mode_as_it_is),
                scratch_test(test_runtime_replace_file_follows_no_link),
                scratch_test(test_runtime_replace_file_failing_leaves_the_old_one),
                scratch_test(test_runtime_read_file_refuses),
                scratch_test(test_runtime_remove_file),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
