/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The runtime directory, its lock and the files in it.
 */
#pragma once

#include <stddef.h>
#include <sys/types.h>

/* Opens `path`, or for NULL the first directory of $RUNTIME_DIRECTORY (systemd.exec(5)), or else /run/tscwarden. Makes
 * it with mode 0755 when it is missing (but not its parents). For NULL, root may use a directory that belongs to
 * another user: the service has a user of its own, and root runs `tscwardend --restore`. *ret_fd is the caller's, open
 * for reading and searching; untouched on failure. 0, -EPERM (not ours, or others may write to it), -ENOTDIR (a
 * symbolic link, or no directory), or the -errno of mkdir or open. */
int runtime_open(const char *path, int *ret_fd);

/* Locks the directory until every copy of the descriptor is closed. 0, -EBUSY (somebody else holds the lock) or
 * -errno. */
int runtime_lock(int dirfd);
/* The same, but waits up to `milliseconds` for a lock that another process holds. A daemon that was killed keeps its
 * lock until the kernel has closed its files, which takes 0.2 s with a few hundred fanotify marks. */
int runtime_lock_within(int dirfd, unsigned milliseconds);

/* Replaces dirfd/name in one step: .NAME.new is written, synced and renamed. The file gets exactly `mode`, whatever the
 * umask. The temporary name begins with a dot because node feature discovery reads every other file in features.d (its
 * docs/usage/customization-guide.md). 0, -ENAMETOOLONG, or -errno (-ENOSPC on a full disk). After a failure the old
 * file is unchanged and .NAME.new is removed; only if syncing the directory failed, the new file is in place but may
 * not survive a crash. */
int runtime_replace_file(int dirfd, const char *name, const char *data, size_t size, mode_t mode);

/* Removes the .NAME.new that a runtime_replace_file() left in `directory` when it was killed, unless another process
 * holds the lock. */
void runtime_remove_leftover(const char *directory, const char *name);

/* Reads until `size` bytes are there, or the end. Returns the number of bytes, or -errno. */
ssize_t runtime_read_all(int fd, char *buffer, size_t size);

/* The content of dirfd/name as a heap string owned by the caller, with a NUL behind that *ret_size does not count
 * (ret_size may be NULL). 0,
 * -ENOENT, -ELOOP (a symbolic link), -EINVAL (not a regular file), -EFBIG (more than max_size bytes), -ENOMEM or
 * another -errno. Outputs are untouched on failure. */
int runtime_read_file(int dirfd, const char *name, size_t max_size, char **ret_data, size_t *ret_size);

/* Removes dirfd/name for good. 0, also when there is none, or -errno. */
int runtime_remove_file(int dirfd, const char *name);
