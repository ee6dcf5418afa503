/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/originals.h"

#include <errno.h>
#include <string.h>
#include <systemd/sd-id128.h>

#include "base/macro.h"
#include "host/runtime.h"

static const char file_name[] = "originals";

/* Every idle state of CPUSET_MAX CPUs, ten each (CPUIDLE_STATE_MAX), takes less than 4 MiB. */
#define FILE_SIZE_MAX (8U * 1024 * 1024)

int host_originals_load(int dirfd, Originals *ret)
{
        _cleanup_originals_ Originals originals = {};
        _cleanup_free_ char *text = NULL;
        char boot_id[SD_ID128_UUID_STRING_MAX];
        sd_id128_t boot;
        size_t size;
        int r;

        r = sd_id128_get_boot(&boot);
        if (r < 0)
                return r;
        r = runtime_read_file(dirfd, file_name, FILE_SIZE_MAX, &text, &size);
        if (r < 0 && r != -ENOENT)
                return r;
        if (r == 0) {
                r = originals_parse(text, size, sd_id128_to_uuid_string(boot, boot_id), &originals);
                if (r < 0)
                        return r;
                if (r == 0) {
                        r = runtime_remove_file(dirfd, file_name);
                        if (r < 0)
                                return r;
                }
        }
        *ret = TAKE_STRUCT(originals);
        return ret->n > 0;
}

int host_originals_save(int dirfd, const Originals *originals)
{
        _cleanup_free_ char *text = NULL;
        char boot_id[SD_ID128_UUID_STRING_MAX];
        sd_id128_t boot;
        int r;

        if (originals->n == 0)
                return runtime_remove_file(dirfd, file_name);
        r = sd_id128_get_boot(&boot);
        if (r < 0)
                return r;
        text = originals_format(originals, sd_id128_to_uuid_string(boot, boot_id));
        if (!text)
                return -ENOMEM;
        return runtime_replace_file(dirfd, file_name, text, strlen(text), 0600);
}
