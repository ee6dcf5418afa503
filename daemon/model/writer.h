/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The process that wrote to a file, as far as it could be found out before the process ended.
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

typedef struct Writer {
        pid_t pid;         /* 0: unknown */
        char comm[16];     /* "": it had ended (TASK_COMM_LEN, include/linux/sched.h) */
        char command[128]; /* its command line with blanks between the arguments, cut; "": unknown */
        char unit[96];     /* systemd's, cut; "": unknown */
} Writer;

/* "tuned, pid 812 of tuned.service (/usr/bin/python3 -Es /usr/sbin/tuned)", not escaped. Heap string owned by the
 * caller, NULL when out of memory. */
char *writer_format(const Writer *writer);
/* The same without the command line, which other users may not be allowed to read ("tuned, pid 812 of tuned.service"):
 * for the bus, where every user may ask. */
char *writer_format_public(const Writer *writer);
/* Only name and unit ("tuned of tuned.service"); "" if they are not known. */
char *writer_format_name(const Writer *writer);
/* Whether the writer is known to lower maxima to cool the CPU. */
bool writer_is_thermal(const Writer *writer);
