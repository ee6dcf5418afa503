/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "check/read/phc.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "host/sysfs.h"

#define CLASS "/sys/class/ptp/"

/* The first that has that attribute, of that value unless it is NULL. */
static int find(const char *attribute, const char *value, char ret_name[static PHC_NAME_SIZE])
{
        char pattern[64], text[64];
        glob_t found = {};
        int r = -ENOENT;

        snprintf(pattern, sizeof(pattern), CLASS "ptp*/%s", attribute);
        (void)glob(pattern, 0, NULL, &found);
        for (size_t i = 0; r < 0 && i < found.gl_pathc; i++) {
                const char *name = found.gl_pathv[i] + strlen(CLASS);

                if (value && (sysfs_read_at(AT_FDCWD, found.gl_pathv[i], text, sizeof(text)) < 0 || strcmp(text, value) != 0))
                        continue;
                snprintf(ret_name, PHC_NAME_SIZE, "%.*s", (int)strcspn(name, "/"), name);
                r = 0;
        }
        globfree(&found);
        return r;
}

int phc_find(const char *clock_name, char ret_name[static PHC_NAME_SIZE])
{
        return find("clock_name", clock_name, ret_name);
}

int phc_of_device(const char *device, char ret_name[static PHC_NAME_SIZE])
{
        char number[32];
        struct stat st;

        if (stat(device, &st) < 0 || !S_ISCHR(st.st_mode))
                return -ENOENT;
        snprintf(number, sizeof(number), "%u:%u", major(st.st_rdev), minor(st.st_rdev));
        return find("dev", number, ret_name);
}

int phc_of_network(char ret_name[static PHC_NAME_SIZE])
{
        /* ptp_kvm's has no device behind it. */
        return find("device/net", NULL, ret_name);
}
