/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Lists the processes of this machine.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct Process {
        int proc; /* /proc, open */
        uint32_t pid;
        const char *command;   /* /proc/PID/comm, cut; any bytes */
        const char *arguments; /* the command line with blanks between, cut; any bytes */
} Process;

/* Reads dirfd/path, a /proc/PID/cmdline, with a blank behind each argument, cut; "" if that fails. */
void process_read_arguments(int dirfd, const char *path, char *buffer, size_t size);

/* *process is valid during the call. */
typedef void (*ProcessHandler)(const Process *process, void *userdata);

/* Calls the handler for each process whose command is `wanted`. Of the others only /proc/PID/comm is read: a host with
 * many VMs and containers has thousands. Processes of containers (in PID namespaces of their own) are left out: a time
 * client there does not show that this machine has one. 0, or the -errno of reading /proc. */
int processes_list(bool (*wanted)(const char *command), ProcessHandler handler, void *userdata);

/* When the process started, CLOCK_BOOTTIME in µs. `proc` is /proc, open. 0: not known. */
uint64_t process_started_usec(int proc, uint32_t pid);
