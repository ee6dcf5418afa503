/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/macro.h"

extern char **environ;

static uint64_t now_msec(void)
{
        struct timespec now;

        clock_gettime(CLOCK_MONOTONIC, &now);
        return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* Waits for `fd` to be readable: 1, 0 at the deadline, -errno. */
static int wait_until(int fd, uint64_t deadline)
{
        struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
        uint64_t now;
        int r;

        do {
                now = now_msec();
                r = poll(&poll_fd, 1, now < deadline ? (int)(deadline - now) : 0);
        } while (r < 0 && errno == EINTR);
        return r < 0 ? -errno : r;
}

/* Until end of file, which a grandchild that holds the pipe may never let come: hence the deadline here too. */
static int read_output(int fd, uint64_t deadline, char *buffer)
{
        size_t size = 0;

        for (;;) {
                char rest[512];
                bool full = size == PROGRAM_OUTPUT_MAX;
                ssize_t n;
                int r = wait_until(fd, deadline);

                if (r <= 0)
                        return r < 0 ? r : -ETIMEDOUT;
                n = full ? read(fd, rest, sizeof(rest)) : read(fd, buffer + size, PROGRAM_OUTPUT_MAX - size);
                if (n < 0 && errno != EINTR)
                        return -errno;
                if (n == 0)
                        break;
                size += n > 0 && !full ? n : 0;
        }
        buffer[size] = '\0';
        return 0;
}

/* It may have closed its output and linger. */
static int reap(pid_t pid, int r, uint64_t deadline)
{
        int fd = syscall(SYS_pidfd_open, pid, 0), status;

        if (r == 0 && fd >= 0)
                r = wait_until(fd, deadline) > 0 ? 0 : -ETIMEDOUT;
        if (r < 0)
                (void)kill(pid, SIGKILL);
        while (waitpid(pid, &status, 0) < 0)
                if (errno != EINTR)
                        return -errno;
        if (fd >= 0)
                close(fd);
        if (r < 0)
                return r;
        return WIFEXITED(status) ? WEXITSTATUS(status) : -EPIPE;
}

static int spawn(const char *const *argv, const int output[static 2], pid_t *ret)
{
        posix_spawn_file_actions_t actions;
        char **environment;
        size_t n = 0;
        int r = posix_spawn_file_actions_init(&actions);

        if (r != 0)
                return -r;
        while (environ[n])
                n++;
        environment = calloc(n + 2, sizeof(*environment));
        if (environment) {
                environment[0] = (char *)"LC_ALL=C";
                for (size_t i = 0, to = 1; i < n; i++)
                        if (strncmp(environ[i], "LC_ALL=", 7) != 0)
                                environment[to++] = environ[i];
        }
        r = environment ? posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0) : ENOMEM;
        if (r == 0)
                r = posix_spawn_file_actions_adddup2(&actions, output[1], STDOUT_FILENO);
        if (r == 0)
                r = posix_spawn_file_actions_adddup2(&actions, output[1], STDERR_FILENO);
        if (r == 0)
                r = posix_spawnp(ret, argv[0], &actions, NULL, (char *const *)argv, environment);
        (void)posix_spawn_file_actions_destroy(&actions);
        free(environment);
        return -r;
}

int program_run(const char *const *argv, unsigned timeout_msec, char **ret_output)
{
        _cleanup_free_ char *buffer = malloc(PROGRAM_OUTPUT_MAX + 1);
        uint64_t deadline = now_msec() + timeout_msec;
        int output[2], r;
        pid_t pid;

        if (!buffer)
                return -ENOMEM;
        if (pipe2(output, O_CLOEXEC) < 0)
                return -errno;
        r = spawn(argv, output, &pid);
        close(output[1]);
        if (r == 0) {
                r = read_output(output[0], deadline, buffer);
                r = reap(pid, r, deadline);
        }
        close(output[0]);
        if (r >= 0)
                *ret_output = TAKE_PTR(buffer);
        return r;
}
