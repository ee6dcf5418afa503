/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "check/read/files.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

DEFINE_CLEANUP(FILE, fclose);

bool file_exists(const char *path)
{
        return access(path, F_OK) == 0;
}

int files_find(const char *pattern, glob_t *ret)
{
        int flags = ret->gl_pathc > 0 ? GLOB_APPEND : 0;

        return glob(pattern, flags, NULL, ret) == GLOB_NOSPACE ? -ENOMEM : 0;
}

int file_read_lines(const char *path, LineHandler handler, void *userdata)
{
        _cleanup_(fclosep) FILE *stream = fopen(path, "re");
        _cleanup_free_ char *line = NULL;
        size_t size = 0;
        int r = 0;

        while (r == 0 && stream && getline(&line, &size, stream) >= 0) {
                line[strcspn(line, "\r\n")] = '\0';
                r = handler(path, line, userdata);
        }
        return r;
}

int files_read_lines(const char *pattern, LineHandler handler, void *userdata)
{
        _cleanup_glob_ glob_t found = {};
        int r = files_find(pattern, &found);

        for (size_t i = 0; r == 0 && i < found.gl_pathc; i++)
                r = file_read_lines(found.gl_pathv[i], handler, userdata);
        return r;
}
