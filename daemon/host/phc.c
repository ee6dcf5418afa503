/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/phc.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "host/sysfs.h"

static bool is_same_device(const char *sysfs, const char *link)
{
        char path[PATH_MAX], text[32], found[32];
        struct stat st;

        snprintf(path, sizeof(path), "%s/dev", sysfs);
        if (stat(link, &st) < 0 || !S_ISCHR(st.st_mode) || sysfs_read_at(AT_FDCWD, path, text, sizeof(text)) < 0)
                return false;
        snprintf(found, sizeof(found), "%u:%u", major(st.st_rdev), minor(st.st_rdev));
        return strcmp(text, found) == 0;
}

int phc_find(const char *name, const char *link, char ret_device[static PHC_DEVICE_SIZE])
{
        glob_t found = {};
        int r = -ENOENT;

        (void)glob("/sys/class/ptp/ptp*", 0, NULL, &found);
        for (size_t i = 0; r < 0 && i < found.gl_pathc; i++) {
                char path[PATH_MAX], text[64];

                snprintf(path, sizeof(path), "%s/clock_name", found.gl_pathv[i]);
                if (sysfs_read_at(AT_FDCWD, path, text, sizeof(text)) < 0 || strcmp(text, name) != 0)
                        continue;
                snprintf(ret_device, PHC_DEVICE_SIZE, "%s%s", is_same_device(found.gl_pathv[i], link) ? "" : "/dev/",
                         is_same_device(found.gl_pathv[i], link) ? link : strrchr(found.gl_pathv[i], '/') + 1);
                r = 0;
        }
        globfree(&found);
        return r;
}
