/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/runtime.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/macro.h"
#include "base/time.h"

#define LOCK_AGAIN_USEC 20000

/* `any_owner`: root may use a directory that belongs to another user. */
static int check_directory(int fd, bool any_owner)
{
        struct stat st;

        if (fstat(fd, &st) < 0)
                return -errno;
        if ((st.st_uid != geteuid() && !(any_owner && geteuid() == 0)) || (st.st_mode & (S_IWGRP | S_IWOTH)))
                return -EPERM;
        return 0;
}

static int open_directory(const char *path, bool any_owner, int *ret_fd)
{
        _cleanup_close_ int fd = -1;
        int r;

        if (mkdir(path, 0755) < 0 && errno != EEXIST)
                return -errno;
        fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (fd < 0)
                return -errno;
        r = check_directory(fd, any_owner);
        if (r < 0)
                return r;
        *ret_fd = TAKE_FD(fd);
        return 0;
}

int runtime_open(const char *path, int *ret_fd)
{
        _cleanup_free_ char *first = NULL;
        const char *list;

        if (path)
                return open_directory(path, false, ret_fd);
        list = getenv("RUNTIME_DIRECTORY");
        if (!list || !*list)
                return open_directory("/run/tscwarden", true, ret_fd);
        first = strndup(list, strcspn(list, ":"));
        if (!first)
                return -ENOMEM;
        return open_directory(first, true, ret_fd);
}

int runtime_lock(int dirfd)
{
        if (flock(dirfd, LOCK_EX | LOCK_NB) < 0)
                return errno == EWOULDBLOCK ? -EBUSY : -errno;
        return 0;
}

int runtime_lock_within(int dirfd, unsigned milliseconds)
{
        const struct timespec pause = { .tv_nsec = LOCK_AGAIN_USEC * 1000L };
        uint64_t until = time_usec(CLOCK_MONOTONIC) + milliseconds * UINT64_C(1000);
        int r;

        while ((r = runtime_lock(dirfd)) == -EBUSY && time_usec(CLOCK_MONOTONIC) < until)
                (void)nanosleep(&pause, NULL);
        return r;
}

static int write_all(int fd, const char *data, size_t size)
{
        while (size > 0) {
                ssize_t n = TEMP_FAILURE_RETRY(write(fd, data, size));

                if (n < 0)
                        return -errno;
                data += n;
                size -= (size_t)n;
        }
        return 0;
}

static int fill_file(int fd, const char *data, size_t size, mode_t mode)
{
        int r = write_all(fd, data, size);

        if (r < 0)
                return r;
        if (fchmod(fd, mode) < 0 || fsync(fd) < 0)
                return -errno;
        return 0;
}

int runtime_replace_file(int dirfd, const char *name, const char *data, size_t size, mode_t mode)
{
        char temporary[NAME_MAX + 1];
        int fd, r;

        if ((size_t)snprintf(temporary, sizeof(temporary), ".%s.new", name) >= sizeof(temporary))
                return -ENAMETOOLONG;
        /* Left behind by a process that was killed while it wrote. */
        if (unlinkat(dirfd, temporary, 0) < 0 && errno != ENOENT)
                return -errno;
        fd = openat(dirfd, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
        if (fd < 0)
                return -errno;
        r = fill_file(fd, data, size, mode);
        if (close(fd) < 0 && r == 0)
                r = -errno;
        if (r == 0 && renameat(dirfd, temporary, dirfd, name) < 0)
                r = -errno;
        if (r < 0) {
                (void)unlinkat(dirfd, temporary, 0);
                return r;
        }
        return fsync(dirfd) < 0 ? -errno : 0;
}

void runtime_remove_leftover(const char *directory, const char *name)
{
        _cleanup_close_ int fd = open(directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        char temporary[NAME_MAX + 1];

        if (fd < 0)
                return;
        if ((size_t)snprintf(temporary, sizeof(temporary), ".%s.new", name) < sizeof(temporary) &&
            runtime_lock(fd) == 0)
                (void)unlinkat(fd, temporary, 0);
}

ssize_t runtime_read_all(int fd, char *buffer, size_t size)
{
        size_t done = 0;

        while (done < size) {
                ssize_t n = TEMP_FAILURE_RETRY(read(fd, buffer + done, size - done));

                if (n < 0)
                        return -errno;
                if (n == 0)
                        break;
                done += (size_t)n;
        }
        return (ssize_t)done;
}

int runtime_read_file(int dirfd, const char *name, size_t max_size, char **ret_data, size_t *ret_size)
{
        /* O_NONBLOCK: opening a fifo for reading would wait for its writer. */
        _cleanup_close_ int fd = openat(dirfd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
        _cleanup_free_ char *data = NULL;
        struct stat st;
        ssize_t n;

        if (fd < 0)
                return -errno;
        if (fstat(fd, &st) < 0)
                return -errno;
        if (!S_ISREG(st.st_mode))
                return -EINVAL;
        if ((uintmax_t)st.st_size > max_size)
                return -EFBIG;
        data = malloc((size_t)st.st_size + 1);
        if (!data)
                return -ENOMEM;
        n = runtime_read_all(fd, data, (size_t)st.st_size);
        if (n < 0)
                return (int)n;
        data[n] = '\0';
        *ret_data = TAKE_PTR(data);
        if (ret_size)
                *ret_size = (size_t)n;
        return 0;
}

int runtime_remove_file(int dirfd, const char *name)
{
        if (unlinkat(dirfd, name, 0) < 0)
                return errno == ENOENT ? 0 : -errno;
        return fsync(dirfd) < 0 ? -errno : 0;
}
