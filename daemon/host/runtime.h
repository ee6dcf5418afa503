/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The runtime directory, its lock and the files in it.
 */
#pragma once

#include <stddef.h>
#include <sys/types.h>

/* Opens `path`, or for NULL the first directory of $RUNTIME_DIRECTORY (systemd.exec(5)), or /run/tscwarden; makes it,
 * 0755, when missing (but not its parents). *ret_fd is the caller's, open for reading and searching; untouched on
 * failure. For NULL root may use what belongs to another user: the daemon has one of its own, and `tscwardend --restore` is
 * root's. 0, -EPERM (not ours, or others may write to it), -ENOTDIR (a symbolic link, or no directory), or the
 * -errno of mkdir or open. */
int runtime_open(const char *path, int *ret_fd);

/* Locks the directory until every copy of the descriptor is closed. 0, -EBUSY (somebody else holds the lock) or
 * -errno. */
int runtime_lock(int dirfd);
/* The same; a lock that is held is waited for up to `milliseconds`. The kernel takes its time to close what a killed daemon had open
 * (0.2 s with a few hundred fanotify marks), and until then its lock holds. */
int runtime_lock_within(int dirfd, unsigned milliseconds);

/* Replaces dirfd/name as a whole: .name.new is written, synced and renamed; `mode` is taken as it is, whatever the
 * umask. The dot is for programs that read every file of a directory: node feature discovery does in features.d, but no dot
 * file (its docs/usage/customization-guide.md). 0, -ENAMETOOLONG, or -errno (-ENOSPC on a full disk). After a failure the old file stands as it was and
 * .name.new is gone, unless it was the directory's sync that failed: then the new file is there but may not survive a
 * crash. */
int runtime_replace_file(int dirfd, const char *name, const char *data, size_t size, mode_t mode);

/* Removes .NAME.new that a runtime_replace_file() killed at its work has left in `directory`, unless somebody holds the lock. */
void runtime_remove_leftover(const char *directory, const char *name);

/* The content of dirfd/name as a heap string owned by the caller, with a NUL behind that *ret_size does not count. 0,
 * -ENOENT, -ELOOP (a symbolic link), -EINVAL (not a regular file), -EFBIG (more than max_size bytes), -ENOMEM or
 * another -errno. Outputs are untouched on failure. */
int runtime_read_file(int dirfd, const char *name, size_t max_size, char **ret_data, size_t *ret_size);

/* Removes dirfd/name for good. 0, also when there is none, or -errno. */
int runtime_remove_file(int dirfd, const char *name);
