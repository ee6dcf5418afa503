/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/processes.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/macro.h"
#include "host/sysfs.h"

DEFINE_CLEANUP(DIR, closedir);

/* NSpid has a number for each namespace, from that of this /proc down (proc(5)). */
static bool is_in_container(int proc, const char *pid)
{
        char path[32], status[8192];
        const char *numbers;

        snprintf(path, sizeof(path), "%.16s/status", pid);
        if (sysfs_read_at(proc, path, status, sizeof(status)) < 0)
                return false;
        numbers = strstr(status, "\nNSpid:\t");
        if (!numbers)
                return false;
        numbers += strlen("\nNSpid:\t");
        return strcspn(numbers, "\t") < strcspn(numbers, "\n");
}

static void read_arguments(int proc, const char *pid, char *buffer, size_t size)
{
        char path[32];
        ssize_t n = 0;
        int fd;

        snprintf(path, sizeof(path), "%.16s/cmdline", pid);
        fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
        if (fd >= 0) {
                n = read(fd, buffer, size - 1);
                close(fd);
        }
        if (n < 0)
                n = 0;
        for (ssize_t i = 0; i < n; i++)
                if (buffer[i] == '\0')
                        buffer[i] = ' ';
        buffer[n] = '\0';
}

int processes_list(ProcessHandler handler, void *userdata)
{
        _cleanup_(closedirp) DIR *proc = opendir("/proc");
        struct dirent *entry;

        if (!proc)
                return -errno;
        while ((errno = 0, entry = readdir(proc))) {
                char path[32], command[64], arguments[1024];

                if (!isdigit((unsigned char)entry->d_name[0]))
                        continue;
                snprintf(path, sizeof(path), "%.16s/comm", entry->d_name);
                if (sysfs_read_at(dirfd(proc), path, command, sizeof(command)) < 0 ||
                    is_in_container(dirfd(proc), entry->d_name))
                        continue;
                read_arguments(dirfd(proc), entry->d_name, arguments, sizeof(arguments));
                handler(command, arguments, userdata);
        }
        return -errno;
}
