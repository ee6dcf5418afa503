/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/config/config-file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/macro.h"
#include "host/config/config-text.h"

int config_file_read(const char *path, char **ret, size_t *ret_size)
{
        _cleanup_free_ char *data = NULL;
        size_t size = 0, max = CONFIG_TEXT_MAX + 1;
        struct stat st;
        ssize_t n = 1;
        int fd, r = 0;

        /* O_NONBLOCK: opening a FIFO would wait until somebody writes to it. */
        fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
        if (fd < 0)
                return -errno;
        data = malloc(max);
        if (!data)
                r = -ENOMEM;
        else if (fstat(fd, &st) < 0)
                r = -errno;
        else if (!S_ISREG(st.st_mode) && !S_ISCHR(st.st_mode))
                r = S_ISDIR(st.st_mode) ? -EISDIR : -EINVAL;
        while (r == 0 && n > 0 && size < max) {
                n = read(fd, data + size, max - size);
                if (n >= 0)
                        size += (size_t)n;
                else if (errno != EINTR)
                        r = -errno;
                else
                        n = 1;
        }
        close(fd);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(data);
        *ret_size = size;
        return 0;
}
