/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/writer.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <systemd/sd-login.h>

#include "base/macro.h"
#include "host/processes.h"
#include "host/sysfs.h"

/* After its end the number may be given to another process (pidfd_open(2)). */
static bool process_has_ended(int pidfd)
{
        struct pollfd poll_fd = { .fd = pidfd, .events = POLLIN };

        return pidfd >= 0 && poll(&poll_fd, 1, 0) > 0;
}

static void read_comm(Writer *w)
{
        char path[32];

        snprintf(path, sizeof(path), "/proc/%d/comm", (int)w->pid);
        (void)sysfs_read_at(AT_FDCWD, path, w->comm, sizeof(w->comm));
}

static void read_command(Writer *w)
{
        char path[32];
        size_t length;

        snprintf(path, sizeof(path), "/proc/%d/cmdline", (int)w->pid);
        process_read_arguments(AT_FDCWD, path, w->command, sizeof(w->command));
        length = strlen(w->command);
        if (length > 0 && w->command[length - 1] == ' ')
                w->command[length - 1] = '\0';
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
