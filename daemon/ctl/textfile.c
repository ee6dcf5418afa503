/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/textfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/macro.h"
#include "ctl/verbs.h"
#include "host/runtime.h"

/* Collectors may read any file of the directory at any time, so the new content is written to a temporary file, which
 * is then renamed. */
static int replace(const char *path, const char *text)
{
        _cleanup_free_ char *directory = strdup(path);
        const char *name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
        struct stat st;
        int fd, r;

        if (!directory)
                return -ENOMEM;
        /* Only for regular files: a rename would replace a device like /dev/null by a file. */
        if (lstat(path, &st) == 0 && !S_ISREG(st.st_mode))
                return -ENOTSUP;
        directory[name - path] = '\0';
        fd = open(directory[0] ? directory : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd < 0)
                return -errno;
        r = runtime_replace_file(fd, name, text, strlen(text), 0644);
        close(fd);
        return r;
}

int textfile_write(const char *path, char *content)
{
        _cleanup_free_ char *text = content;
        int r;

        if (!text)
                return ctl_complain("Out of memory");
        if (!path || strcmp(path, "-") == 0) {
                fputs(text, stdout);
                return ctl_finish(0, CTL_FINE);
        }
        r = replace(path, text);
        if (r < 0)
                return ctl_complain("Cannot write %s: %s", path,
                                    r == -ENOTSUP ? "it is no regular file; - is standard output" : strerror(-r));
        return CTL_FINE;
}
