/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/processes.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/macro.h"
#include "base/parse.h"
#include "host/sysfs.h"

DEFINE_CLEANUP(DIR, closedir);

/* NSpid has the process's number in each PID namespace, beginning with that of this /proc (proc(5)). So two numbers
 * mean a namespace below ours. */
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

void process_read_arguments(int dirfd, const char *path, char *buffer, size_t size)
{
        _cleanup_close_ int fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
        ssize_t n = fd < 0 ? 0 : read(fd, buffer, size - 1);

        if (n < 0)
                n = 0;
        for (ssize_t i = 0; i < n; i++)
                if (buffer[i] == '\0')
                        buffer[i] = ' ';
        buffer[n] = '\0';
}

int processes_list(bool (*wanted)(const char *command), ProcessHandler handler, void *userdata)
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
                if (sysfs_read_at(dirfd(proc), path, command, sizeof(command)) < 0 || !wanted(command) ||
                    is_in_container(dirfd(proc), entry->d_name))
                        continue;
                snprintf(path, sizeof(path), "%.16s/cmdline", entry->d_name);
                process_read_arguments(dirfd(proc), path, arguments, sizeof(arguments));
                handler(&(Process) { dirfd(proc), (uint32_t)strtoul(entry->d_name, NULL, 10), command, arguments },
                        userdata);
        }
        return -errno;
}

/* Field 22 of /proc/PID/stat counts clock ticks of CLOCK_BOOTTIME. It is looked for after the last ')', because the
 * name of the program before it can contain anything (proc(5)). */
uint64_t process_started_usec(int proc, uint32_t pid)
{
        char path[32], stat[2048], *field;
        uint64_t ticks;

        (void)snprintf(path, sizeof(path), "%u/stat", pid);
        if (sysfs_read_at(proc, path, stat, sizeof(stat)) < 0)
                return 0;
        field = strrchr(stat, ')');
        for (unsigned i = 2; field && i < 22; i++)
                field = strchr(field + 1, ' ');
        if (!field)
                return 0;
        field++;
        field[strspn(field, "0123456789")] = '\0';
        if (parse_u64(field, 1, UINT64_MAX / 1000000, &ticks) < 0)
                return 0;
        return ticks * 1000000 / (uint64_t)sysconf(_SC_CLK_TCK);
}
