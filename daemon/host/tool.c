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

/* Our environment but for the locale: what a program says is read by us as well. */
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

static int spawn(const char *path, const char *const *argv, ToolOutput output, int pipe_fd, pid_t *ret_pid)
{
        _cleanup_free_ char **environment = make_environment();
        posix_spawn_file_actions_t actions;
        posix_spawnattr_t attributes;
        sigset_t defaults;
        int r;

        if (!environment)
                return -ENOMEM;
        sigemptyset(&defaults);
        /* Ignored by a caller that has something to take back. */
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
        (void)posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
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

/* What comes until its end, which a grandchild that holds the pipe may never let come. 0, -ETIMEDOUT, -ENOBUFS, -ENOMEM or -errno. */
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

/* 0 and *ret_status, or -ETIMEDOUT. The process is gone either way. */
static int wait_for_end(pid_t pid, int64_t deadline, int *ret_status)
{
        const struct timespec pause = { .tv_nsec = LOOK_AGAIN_MSEC * 1000000L };
        int status;

        for (;;) {
                pid_t done = waitpid(pid, &status, WNOHANG);

                if (done == pid)
                        break;
                if (done < 0 && errno != EINTR)
                        return -errno;
                if (now_msec() >= deadline) {
                        (void)kill(pid, SIGKILL);
                        (void)TEMP_FAILURE_RETRY(waitpid(pid, &status, 0));
                        return -ETIMEDOUT;
                }
                (void)nanosleep(&pause, NULL);
        }
        *ret_status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        return 0;
}

int tool_run(const char *const *argv, unsigned seconds, ToolOutput output, int *ret_status, char **ret_output)
{
        bool takes = output == TOOL_TAKE || output == TOOL_TAKE_ALL;
        int64_t deadline = now_msec() + seconds * INT64_C(1000);
        _cleanup_free_ char *text = NULL;
        int fds[2] = { -1, -1 }, status = 0, r, ended;
        char path[PATH_MAX];
        pid_t pid;

        if (!tool_find(argv[0], path))
                return -ENOENT;
        if (takes && pipe2(fds, O_CLOEXEC) < 0)
                return -errno;
        r = spawn(path, argv, output, fds[1], &pid);
        if (takes)
                (void)close(fds[1]);
        if (r == 0) {
                if (takes)
                        r = take(fds[0], deadline, &text);
                ended = wait_for_end(pid, r < 0 ? 0 : deadline, &status);
                if (r == 0)
                        r = ended;
        }
        if (takes)
                (void)close(fds[0]);
        if (r < 0)
                return r;
        *ret_status = status;
        if (takes)
                *ret_output = TAKE_PTR(text);
        return 0;
}
