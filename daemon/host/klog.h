/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The kernel's log through syslog(2), for hosts without /dev/kmsg (printk.devkmsg=off).
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* A line of the kernel itself (facility 0); usec 0 = not known. The text is valid only during the call. */
typedef void (*KlogLine)(uint64_t usec, const char *text, void *userdata);

/* Reports every line of facility 0 that the ring has, in order. 0 or -errno: EPERM without CAP_SYSLOG. */
int klog_read(KlogLine line, void *userdata);

/* The same for text as syslog(2) prints it, in place; text has room for one byte more than `size`. A line without "<N>"
 * in front is not reported, nor is a further line of a record, because an ordinary user may have chosen its text. The
 * kernel prints the record's prefix before each of its lines; so a line with exactly the prefix of the line before,
 * time included, counts as a further line. */
void klog_parse(char *text, size_t size, KlogLine line, void *userdata);
