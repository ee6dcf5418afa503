/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/tool.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/macro.h"
#include "base/time.h"

#define LOOK_AGAIN_MSEC 20
/* How long to wait until all processes of a killed group are gone. Without this limit a zombie whose new parent does
 * not wait for it would be waited for without end. */
#define GONE_MSEC 1000

static bool find_in(const char *list, const char *name, char ret_path[static PATH_MAX])
{
        for (; list && *list; list += strcspn(list, ":"), list += *list == ':') {
                char path[PATH_MAX];
                int length = (int)strcspn(list, ":");

                if (length == 0 || snprintf(path, sizeof(path), "%.*s/%s", length, list, name) >= (int)sizeof(path) ||
                    access(path, X_OK) < 0)
                        continue;
                strcpy(ret_path, path);
                return true;
        }
        return false;
}

bool tool_find(const char *name, char ret_path[static PATH_MAX])
{
        return find_in(getenv("PATH"), name, ret_path) || find_in("/usr/sbin:/usr/bin:/sbin:/bin", name, ret_path);
}

static int64_t now_msec(void)
{
        return (int64_t)(time_usec(CLOCK_MONOTONIC) / 1000);
}

/* Our environment, but with the locale C, because we parse what programs print. */
static char **make_environment(void)
{
        size_t n = 0, kept = 0;
        char **copy;

        while (environ[n])
                n++;
        copy = calloc(n + 2, sizeof(*copy));
        if (!copy)
                return NULL;
        for (size_t i = 0; i < n; i++)
                if (strncmp(environ[i], "LC_", 3) != 0 && strncmp(environ[i], "LANGUAGE=", 9) != 0)
                        copy[kept++] = environ[i];
        copy[kept] = (char *)(uintptr_t) "LC_ALL=C";
        return copy;
}

static bool takes_output(ToolOutput output)
{
        return output == TOOL_TAKE || output == TOOL_TAKE_ALL;
}

/* `mask`: the signals that are blocked in the program when it starts. */
static int spawn(const char *path, const char *const *argv, ToolOutput output, int pipe_fd, const sigset_t *mask,
                 pid_t *ret_pid)
{
        _cleanup_free_ char **environment = make_environment();
        posix_spawn_file_actions_t actions;
        posix_spawnattr_t attributes;
        sigset_t defaults;
        int r;

        if (!environment)
                return -ENOMEM;
        sigemptyset(&defaults);
        /* A caller ignores these while it can still undo its changes (ctl/verbs.c); the program must not inherit
         * that. */
        sigaddset(&defaults, SIGINT);
        sigaddset(&defaults, SIGTERM);
        sigaddset(&defaults, SIGHUP);
        sigaddset(&defaults, SIGPIPE);
        r = -posix_spawn_file_actions_init(&actions);
        if (r < 0)
                return r;
        r = -posix_spawnattr_init(&attributes);
        if (r < 0) {
                (void)posix_spawn_file_actions_destroy(&actions);
                return r;
        }
        (void)posix_spawnattr_setsigdefault(&attributes, &defaults);
        (void)posix_spawnattr_setsigmask(&attributes, mask);
        /* A program whose output is not taken changes the system. It gets a process group of its own, so that it can be
         * killed together with everything that it started. */
        (void)posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK |
                                                            (takes_output(output) ? 0 : POSIX_SPAWN_SETPGROUP));
        r = -posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        if (r == 0 && output != TOOL_SHOW)
                r = -posix_spawn_file_actions_adddup2(&actions, output == TOOL_TO_STDERR ? STDERR_FILENO : pipe_fd,
                                                      STDOUT_FILENO);
        if (r == 0 && output == TOOL_TAKE_ALL)
                r = -posix_spawn_file_actions_adddup2(&actions, pipe_fd, STDERR_FILENO);
        if (r == 0)
                r = -posix_spawn(ret_pid, path, &actions, &attributes, (char *const *)(uintptr_t)argv, environment);
        (void)posix_spawnattr_destroy(&attributes);
        (void)posix_spawn_file_actions_destroy(&actions);
        return r;
}

/* Reads until all writers have closed the pipe, or the deadline: a process that the program left behind may keep the
 * pipe open. 0, -ETIMEDOUT, -ENOBUFS, -ENOMEM or -errno. */
static int take(int fd, int64_t deadline, char **ret)
{
        _cleanup_free_ char *data = malloc(TOOL_OUTPUT_MAX + 1);
        size_t size = 0;

        if (!data)
                return -ENOMEM;
        for (;;) {
                struct pollfd wait = { .fd = fd, .events = POLLIN };
                int64_t left = deadline - now_msec();
                ssize_t n;

                if (left <= 0)
                        return -ETIMEDOUT;
                if (poll(&wait, 1, (int)left) <= 0)
                        continue;
                n = read(fd, data + size, TOOL_OUTPUT_MAX - size);
                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        return -errno;
                if (n == 0)
                        break;
                size += (size_t)n;
                if (size == TOOL_OUTPUT_MAX)
                        return -ENOBUFS;
        }
        for (size_t i = 0; i < size; i++)
                if (data[i] == '\0')
                        data[i] = '?';
        data[size] = '\0';
        *ret = TAKE_PTR(data);
        return 0;
}

/* Blocks the signals that people end a command with. The terminal does not send them to a program in a group of its
 * own, so wait_for_end() receives them here and passes them on. */
static void block_signals(sigset_t *ret_blocked, sigset_t *ret_old)
{
        sigemptyset(ret_blocked);
        sigaddset(ret_blocked, SIGINT);
        sigaddset(ret_blocked, SIGTERM);
        sigaddset(ret_blocked, SIGHUP);
        (void)sigprocmask(SIG_BLOCK, ret_blocked, ret_old);
}

/* Kills `target` and waits for its end. `target`: a process, or minus a process group; `pid`: the process, or the
 * leader of the group. */
static void end_all(pid_t target, pid_t pid)
{
        const struct timespec pause = { .tv_nsec = LOOK_AGAIN_MSEC * 1000000L };
        int64_t deadline = now_msec() + GONE_MSEC;

        (void)kill(target, SIGKILL);
        (void)TEMP_FAILURE_RETRY(waitpid(pid, NULL, 0));
        while (target < 0 && kill(target, 0) == 0 && now_msec() < deadline)
                (void)nanosleep(&pause, NULL);
}

/* Waits until `pid` has ended, and kills `target` at the deadline. Passes `signals` on to `target`; *caught is the last
 * one. 0 and *ret_status, or -ETIMEDOUT: in both cases the process is gone. Or another -errno of waitpid(2). */
static int wait_for_end(pid_t target, pid_t pid, int64_t deadline, const sigset_t *signals, int *caught,
                        int *ret_status)
{
        const struct timespec pause = { .tv_nsec = LOOK_AGAIN_MSEC * 1000000L };
        int status;

        for (;;) {
                pid_t done = waitpid(pid, &status, WNOHANG);
                int signal;

                if (done == pid)
                        break;
                if (done < 0 && errno != EINTR)
                        return -errno;
                if (now_msec() >= deadline) {
                        end_all(target, pid);
                        return -ETIMEDOUT;
                }
                signal = sigtimedwait(signals, NULL, &pause);
                if (signal > 0) {
                        (void)kill(target, signal);
                        *caught = signal;
                }
        }
        *ret_status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        return 0;
}

/* Runs a program that changes the system, in a process group of its own. */
static int run_group(const char *path, const char *const *argv, int64_t deadline, ToolOutput output, int *ret_status)
{
        /* The program inherits this. It may write to the terminal though its group is not the terminal's foreground
         * group. */
        sighandler_t on_write = signal(SIGTTOU, SIG_IGN);
        sigset_t blocked, old;
        int caught = 0, r;
        pid_t pid;

        block_signals(&blocked, &old);
        r = spawn(path, argv, output, -1, &old, &pid);
        (void)signal(SIGTTOU, on_write);
        if (r == 0)
                r = wait_for_end(-pid, pid, deadline, &blocked, &caught, ret_status);
        (void)sigprocmask(SIG_SETMASK, &old, NULL);
        /* The signal was meant for us as well; it ends us here unless the caller ignores it. */
        if (caught > 0)
                (void)raise(caught);
        return r;
}

static int run_and_take(const char *path, const char *const *argv, int64_t deadline, ToolOutput output, int *ret_status,
                        char **ret_output)
{
        _cleanup_free_ char *text = NULL;
        sigset_t none, mask;
        int fds[2], status = 0, caught = 0, r, ended;
        pid_t pid;

        sigemptyset(&none);
        (void)sigprocmask(SIG_BLOCK, &none, &mask);
        if (pipe2(fds, O_CLOEXEC) < 0)
                return -errno;
        r = spawn(path, argv, output, fds[1], &mask, &pid);
        (void)close(fds[1]);
        if (r == 0) {
                r = take(fds[0], deadline, &text);
                ended = wait_for_end(pid, pid, r < 0 ? 0 : deadline, &none, &caught, &status);
                if (r == 0)
                        r = ended;
        }
        (void)close(fds[0]);
        if (r < 0)
                return r;
        *ret_status = status;
        *ret_output = TAKE_PTR(text);
        return 0;
}

int tool_run(const char *const *argv, unsigned seconds, ToolOutput output, int *ret_status, char **ret_output)
{
        int64_t deadline = now_msec() + seconds * INT64_C(1000);
        char path[PATH_MAX];

        if (!tool_find(argv[0], path))
                return -ENOENT;
        return takes_output(output) ? run_and_take(path, argv, deadline, output, ret_status, ret_output) :
                                      run_group(path, argv, deadline, output, ret_status);
}
