/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A directory for each test, made and removed by cmocka: *state is a Scratch.
 */
#pragma once

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

typedef struct Scratch {
        char path[64];
        int fd;
} Scratch;

static inline int scratch_setup(void **state)
{
        Scratch *scratch = calloc(1, sizeof(*scratch));

        if (!scratch)
                return -1;
        /* In memory if possible, where fsync(2) costs nothing. */
        strcpy(scratch->path,
               access("/dev/shm", W_OK) == 0 ? "/dev/shm/tscwarden-test-XXXXXX" : "/tmp/tscwarden-test-XXXXXX");
        if (!mkdtemp(scratch->path))
                return -1;
        scratch->fd = open(scratch->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        *state = scratch;
        return scratch->fd < 0 ? -1 : 0;
}

/* As scratch_setup(), and makes it the current directory, so that messages name files by relative paths. */
static inline int scratch_setup_and_enter(void **state)
{
        return scratch_setup(state) < 0 ? -1 : fchdir(((Scratch *)*state)->fd);
}

static inline int scratch_remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
        return remove(path);
}

static inline int scratch_teardown(void **state)
{
        Scratch *scratch = *state;
        int r;

        close(scratch->fd);
        r = nftw(scratch->path, scratch_remove_one, 8, FTW_DEPTH | FTW_PHYS);
        free(scratch);
        return r;
}

/* Writes a file; returns 0 or -1. */
static inline int scratch_write(const Scratch *scratch, const char *name, const void *data, size_t size)
{
        int fd = openat(scratch->fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        ssize_t n;

        if (fd < 0)
                return -1;
        n = write(fd, data, size);
        close(fd);
        return n == (ssize_t)size ? 0 : -1;
}

/* Returns a socket to which sd_notify(3) of this process writes from now on, or -1. */
static inline int scratch_listen_notify(const Scratch *scratch)
{
        struct sockaddr_un address = { .sun_family = AF_UNIX };
        int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

        snprintf(address.sun_path, sizeof(address.sun_path), "%s/notify", scratch->path);
        if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ||
            setenv("NOTIFY_SOCKET", address.sun_path, 1) < 0)
                return -1;
        return fd;
}
