/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The kernel log as /dev/kmsg hands it out, one record per read (Documentation/ABI/testing/dev-kmsg).
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* CONSOLE_EXT_LOG_MAX (include/linux/printk.h) and a NUL: the reader loses a record that does not fit. */
#define KMSG_BUFFER_SIZE 8193

typedef struct KmsgRecord {
        unsigned priority; /* facility << 3 | level: below 8 the line is from the kernel itself */
        uint64_t sequence;
        uint64_t usec;    /* printk's local_clock(), which is close to CLOCK_MONOTONIC */
        const char *text; /* in the buffer: the first line, escapes decoded, a NUL byte as '?' */
} KmsgRecord;

/* *ret_fd: non-blocking, at the oldest record. 0 or -errno: EPERM under printk.devkmsg=off and without CAP_SYSLOG under
 * kernel.dmesg_restrict. The kernel checks the permission only here. */
int kmsg_open(int *ret_fd);

/* 1: a record. 0: none now. -EPIPE: records were overwritten before they were read; the next call returns the oldest
 * one that is left. -EBADMSG: a malformed record was skipped. Another -errno: the fd is of no more use. */
int kmsg_read(int fd, char buffer[static KMSG_BUFFER_SIZE], KmsgRecord *ret);

/* Splits a record of `size` bytes in place; buffer has room for one byte more. 0, or -EBADMSG and *ret is untouched. */
int kmsg_parse(char *buffer, size_t size, KmsgRecord *ret);
