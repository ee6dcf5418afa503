/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Which programs run here.
 */
#pragma once

#include <stdint.h>

typedef struct Process {
        int proc; /* /proc, open */
        uint32_t pid;
        const char *command;   /* /proc/PID/comm, cut; any bytes */
        const char *arguments; /* the command line with blanks between, cut; any bytes */
} Process;

/* *process is valid during the call. */
typedef void (*ProcessHandler)(const Process *process, void *userdata);

/* Every process of this machine; those in the PID namespaces of containers, which may have clients of their own, are
 * left out. 0, or the -errno of reading /proc. */
int processes_list(ProcessHandler handler, void *userdata);

/* When the process started, CLOCK_BOOTTIME in µs. `proc` is /proc, open. 0: not known. */
uint64_t process_started_usec(int proc, uint32_t pid);
