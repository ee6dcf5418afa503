/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The kernel log as /dev/kmsg hands it out, one record per read (Documentation/ABI/testing/dev-kmsg).
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* CONSOLE_EXT_LOG_MAX (include/linux/printk.h) and a NUL: a record that does not fit is lost to its reader. */
#define KMSG_BUFFER_SIZE 8193

typedef struct KmsgRecord {
        unsigned priority; /* facility << 3 | level: below 8 the kernel itself speaks */
        uint64_t sequence;
        uint64_t usec;    /* CLOCK_MONOTONIC, nearly: printk's local_clock() */
        const char *text; /* in the buffer: the first line, escapes decoded, a NUL byte as '?' */
} KmsgRecord;

/* *ret_fd: non-blocking, at the oldest record there is. 0 or -errno: EPERM under printk.devkmsg=off and without
 * CAP_SYSLOG under kernel.dmesg_restrict. The permission is asked for here only. */
int kmsg_open(int *ret_fd);

/* 1: a record. 0: none now. -EPIPE: records were overwritten unread; the next call gives the oldest there is. -EBADMSG:
 * a record that makes no sense was skipped. Another -errno: the fd is dead. */
int kmsg_read(int fd, char buffer[static KMSG_BUFFER_SIZE], KmsgRecord *ret);

/* Takes a record of `size` bytes apart, in place; buffer has room for one byte more. 0, or -EBADMSG and *ret is
 * untouched. */
int kmsg_parse(char *buffer, size_t size, KmsgRecord *ret);
