/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/clock-file.h"

#include <errno.h>
#include <string.h>
#include <systemd/sd-id128.h>

#include "host/runtime.h"

#define CLOCK_FILE "clock"
#define CLOCK_FILE_MAX 8192U

static int read_boot_id(char ret[static SD_ID128_UUID_STRING_MAX])
{
        sd_id128_t boot;
        int r = sd_id128_get_boot(&boot);

        if (r < 0)
                return r;
        sd_id128_to_uuid_string(boot, ret);
        return 0;
}

int clock_file_save(int runtime_fd, const Clock *clock)
{
        _cleanup_free_ char *text = NULL;
        char boot_id[SD_ID128_UUID_STRING_MAX];
        int r = read_boot_id(boot_id);

        if (r < 0)
                return r;
        text = clock_export(clock, boot_id);
        return text ? runtime_replace_file(runtime_fd, CLOCK_FILE, text, strlen(text), 0600) : -ENOMEM;
}

int clock_file_load(int runtime_fd, Clock *clock)
{
        _cleanup_free_ char *text = NULL;
        char boot_id[SD_ID128_UUID_STRING_MAX];
        size_t size;
        int r = runtime_read_file(runtime_fd, CLOCK_FILE, CLOCK_FILE_MAX, &text, &size);

        if (r < 0)
                return r;
        r = read_boot_id(boot_id);
        if (r < 0)
                return r;
        r = clock_import(clock, text, size, boot_id);
        return r < 0 ? r : 0;
}
