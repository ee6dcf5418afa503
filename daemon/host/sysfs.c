/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/sysfs.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/macro.h"

/* Cuts `n` bytes of a file, with room for one more, as sysfs_read_at() describes it. Returns their length. */
static int strip(char *buffer, size_t n)
{
        size_t length;

        buffer[n] = '\0';
        length = strlen(buffer);
        if (length > 0 && buffer[length - 1] == '\n')
                length--;
        while (length > 0 && (buffer[length - 1] == ' ' || buffer[length - 1] == '\t'))
                length--;
        buffer[length] = '\0';
        return (int)length;
}

/* Reads the file as sysfs_read_at() describes it. The length of its text, or -errno. */
static int read_stripped(int dirfd, const char *path, char buffer[static SYSFS_READ_MAX + 1])
{
        _cleanup_close_ int fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
        ssize_t n;

        if (fd < 0)
                return -errno;
        /* One read(2) is enough: the kernel returns a whole attribute at once (fs/seq_file.c). */
        n = TEMP_FAILURE_RETRY(read(fd, buffer, SYSFS_READ_MAX + 1));
        if (n < 0)
                return -errno;
        if (n > SYSFS_READ_MAX)
                return -ENOBUFS;
        return strip(buffer, (size_t)n);
}

int sysfs_read_at(int dirfd, const char *path, char *buffer, size_t size)
{
        char content[SYSFS_READ_MAX + 1];
        int length;

        length = read_stripped(dirfd, path, content);
        if (length < 0)
                return length;
        if ((size_t)length >= size)
                return -ENOBUFS;
        memcpy(buffer, content, (size_t)length + 1);
        return 0;
}

int sysfs_read_string_at(int dirfd, const char *path, char **ret)
{
        char content[SYSFS_READ_MAX + 1];
        char *copy;
        int r;

        r = read_stripped(dirfd, path, content);
        if (r < 0)
                return r;
        copy = strdup(content);
        if (!copy)
                return -ENOMEM;
        *ret = copy;
        return 0;
}

int sysfs_write(const char *path, const char *value, char *actual, size_t size)
{
        _cleanup_close_ int fd = open(path, O_RDWR | O_CLOEXEC | O_NOCTTY);
        size_t length = strlen(value);
        ssize_t n;

        if (fd < 0)
                return -errno;
        n = TEMP_FAILURE_RETRY(write(fd, value, length));
        if (n < 0)
                return -errno;
        if ((size_t)n != length)
                return -EIO;
        /* At offset 0 the kernel asks the attribute anew (fs/seq_file.c seq_read_iter). */
        n = TEMP_FAILURE_RETRY(pread(fd, actual, size - 1, 0));
        /* If the buffer is full there may be more. */
        (void)strip(actual, n > 0 && (size_t)n < size - 1 ? (size_t)n : 0);
        return 0;
}
