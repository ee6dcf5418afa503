/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/writer.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <systemd/sd-login.h>
#include <unistd.h>

#include "base/macro.h"

static size_t read_proc(pid_t pid, const char *name, char *buffer, size_t size)
{
        char path[64];
        ssize_t n;
        int fd;

        snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
        fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
        if (fd < 0)
                return 0;
        n = read(fd, buffer, size - 1);
        close(fd);
        if (n < 0)
                return 0;
        buffer[n] = '\0';
        return (size_t)n;
}

/* After its end the number may be given to another process (pidfd_open(2)). */
static bool process_has_ended(int pidfd)
{
        struct pollfd poll_fd = { .fd = pidfd, .events = POLLIN };

        return pidfd >= 0 && poll(&poll_fd, 1, 0) > 0;
}

static void read_comm(Writer *w)
{
        size_t n = read_proc(w->pid, "comm", w->comm, sizeof(w->comm));

        if (n > 0 && w->comm[n - 1] == '\n')
                w->comm[n - 1] = '\0';
}

static void read_command(Writer *w)
{
        size_t n = read_proc(w->pid, "cmdline", w->command, sizeof(w->command));

        /* Each argument ends in a NUL. */
        for (size_t i = 0; i + 1 < n; i++)
                if (w->command[i] == '\0')
                        w->command[i] = ' ';
}

static void read_unit(Writer *w)
{
        _cleanup_free_ char *unit = NULL;

        if (sd_pid_get_unit(w->pid, &unit) >= 0)
                snprintf(w->unit, sizeof(w->unit), "%s", unit);
}

void writer_read(pid_t pid, int pidfd, Writer *ret)
{
        static void (*const parts[])(Writer * w) = { read_comm, read_unit, read_command };

        *ret = (Writer) { .pid = pid };
        /* A part is kept only if the process still lives after the part was read: otherwise it may be that of another
         * process. */
        for (size_t i = 0; i < ARRAY_SIZE(parts) && pid > 0; i++) {
                Writer more = *ret;

                parts[i](&more);
                if (process_has_ended(pidfd))
                        return;
                *ret = more;
        }
}
