/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "check/read/phc.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "check/read/files.h"
#include "host/sysfs.h"

#define CLASS "/sys/class/ptp/"

/* Finds the first clock that has the attribute, with that value unless it is NULL. */
static int find(const char *attribute, const char *value, char ret_name[static PHC_NAME_SIZE])
{
        _cleanup_glob_ glob_t found = {};
        char pattern[64], text[64];

        snprintf(pattern, sizeof(pattern), CLASS "ptp*/%s", attribute);
        (void)files_find(pattern, &found);
        for (size_t i = 0; i < found.gl_pathc; i++) {
                const char *name = found.gl_pathv[i] + strlen(CLASS);

                if (value &&
                    (sysfs_read_at(AT_FDCWD, found.gl_pathv[i], text, sizeof(text)) < 0 || strcmp(text, value) != 0))
                        continue;
                snprintf(ret_name, PHC_NAME_SIZE, "%.*s", (int)strcspn(name, "/"), name);
                return 0;
        }
        return -ENOENT;
}

int phc_find(const char *clock_name, char ret_name[static PHC_NAME_SIZE])
{
        return find("clock_name", clock_name, ret_name);
}

int phc_of_device(const char *device, char ret_name[static PHC_NAME_SIZE])
{
        char number[64];
        struct stat st;

        if (!strchr(device, '/')) {
                snprintf(number, sizeof(number), "device/net/%.32s", device);
                return device[0] ? find(number, NULL, ret_name) : -ENOENT;
        }
        if (stat(device, &st) < 0 || !S_ISCHR(st.st_mode))
                return -ENOENT;
        snprintf(number, sizeof(number), "%u:%u", major(st.st_rdev), minor(st.st_rdev));
        return find("dev", number, ret_name);
}

int phc_of_network(char ret_name[static PHC_NAME_SIZE])
{
        /* ptp_kvm's clock has no such attribute, because it belongs to no device. */
        return find("device/net", NULL, ret_name);
}

PhcKind phc_kind(const char *name)
{
        char path[96], text[64];

        snprintf(path, sizeof(path), CLASS "%.32s/clock_name", name);
        if (!name[0] || sysfs_read_at(AT_FDCWD, path, text, sizeof(text)) < 0)
                return PHC_UNKNOWN;
        snprintf(path, sizeof(path), CLASS "%.32s/device/net", name);
        return phc_kind_of(text, file_exists(path));
}

int phc_of_host(char ret_name[static PHC_NAME_SIZE])
{
        _cleanup_glob_ glob_t found = {};

        if (phc_find(KVM_CLOCK_NAME, ret_name) == 0)
                return 0;
        (void)files_find(CLASS "ptp*", &found);
        for (size_t i = 0; i < found.gl_pathc; i++) {
                const char *name = found.gl_pathv[i] + strlen(CLASS);

                if (!phc_kind_is_of_host(phc_kind(name)))
                        continue;
                snprintf(ret_name, PHC_NAME_SIZE, "%s", name);
                return 0;
        }
        return -ENOENT;
}
