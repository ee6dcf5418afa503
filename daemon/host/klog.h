/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The kernel's log through syslog(2), for hosts without /dev/kmsg (printk.devkmsg=off).
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* A line of the kernel's own (facility 0); usec 0 = not known. The text is valid during the call only. */
typedef void (*KlogLine)(uint64_t usec, const char *text, void *userdata);

/* Every line of facility 0 that the ring holds, in order. 0 or -errno: EPERM without CAP_SYSLOG. */
int klog_read(KlogLine line, void *userdata);

/* The same from text as syslog(2) prints it, in place; text has room for one byte more than `size`. A line without "<N>"
 * in front gets no call, nor does a further line of a record: it may be text that a user chose. The kernel prints the record's
 * prefix before each of its lines, so a line whose whole prefix, with a time, is that of the line before is taken for one. */
void klog_parse(char *text, size_t size, KlogLine line, void *userdata);
