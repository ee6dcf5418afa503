/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One-value files of sysfs and proc: one open, what is to be read or written, one close.
 */
#pragma once

#include <stddef.h>

/* The longest content taken. A sysfs attribute has a page at most (Documentation/filesystems/sysfs.rst);
 * /proc/cmdline can exceed one when a bootconfig is attached to the initrd. */
#define SYSFS_READ_MAX 16384

/* The content of dirfd/path (openat(2)) without one newline at its end and the blanks before it; a NUL byte ends it.
 * It may be empty. 0, -ENOBUFS when it does not fit into `size` bytes with its NUL, or the -errno of open or read.
 * buffer is untouched on failure. */
int sysfs_read_at(int dirfd, const char *path, char *buffer, size_t size);

/* The same as a heap string owned by the caller, up to SYSFS_READ_MAX. Also -ENOMEM. */
int sysfs_read_string_at(int dirfd, const char *path, char **ret);

/* One write of `value` to path: 0, -EIO when it was cut short, or the -errno of open or write. `actual` gets what the
 * same descriptor then reads, as sysfs_read_at() gives it, or "" if that fails or fills `size` bytes. */
int sysfs_write(const char *path, const char *value, char *actual, size_t size);
