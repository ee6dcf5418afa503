/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/config/config-file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/macro.h"
#include "host/config/config-text.h"
#include "host/runtime.h"

int config_file_read(const char *path, char **ret, size_t *ret_size)
{
        /* O_NONBLOCK: opening a FIFO would wait until somebody writes to it. */
        _cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
        _cleanup_free_ char *data = NULL;
        struct stat st;
        ssize_t n;

        if (fd < 0 || fstat(fd, &st) < 0)
                return -errno;
        if (!S_ISREG(st.st_mode) && !S_ISCHR(st.st_mode))
                return S_ISDIR(st.st_mode) ? -EISDIR : -EINVAL;
        data = malloc(CONFIG_TEXT_MAX + 1);
        if (!data)
                return -ENOMEM;
        n = runtime_read_all(fd, data, CONFIG_TEXT_MAX + 1);
        if (n < 0)
                return (int)n;
        *ret = TAKE_PTR(data);
        *ret_size = (size_t)n;
        return 0;
}
