/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "watch/clock-file.h"

#include <errno.h>
#include <string.h>
#include <systemd/sd-id128.h>

#include "base/log.h"
#include "host/runtime.h"

#define CLOCK_FILE "clock"
#define CLOCK_FILE_MAX 8192U

void clock_file_save(int runtime_fd, const Clock *clock)
{
        _cleanup_free_ char *text = NULL;
        char boot_id[SD_ID128_UUID_STRING_MAX];
        sd_id128_t boot;
        int r;

        if (runtime_fd < 0)
                return;
        r = sd_id128_get_boot(&boot);
        if (r >= 0) {
                text = clock_export(clock, sd_id128_to_uuid_string(boot, boot_id));
                r = text ? runtime_replace_file(runtime_fd, CLOCK_FILE, text, strlen(text), 0600) : -ENOMEM;
        }
        /* Only the next start would miss it, and it has the kernel's log as well. */
        if (r < 0)
                (void)log_error_errno(r, "Cannot keep the verdict in the runtime directory, ignoring");
}

void clock_file_load(int runtime_fd, Clock *clock)
{
        _cleanup_free_ char *text = NULL;
        char boot_id[SD_ID128_UUID_STRING_MAX];
        sd_id128_t boot;
        size_t size;

        if (runtime_fd < 0 || runtime_read_file(runtime_fd, CLOCK_FILE, CLOCK_FILE_MAX, &text, &size) < 0 ||
            sd_id128_get_boot(&boot) < 0)
                return;
        if (clock_import(clock, text, size, sd_id128_to_uuid_string(boot, boot_id)) == -EBADMSG)
                log_message(LOG_WARNING,
                            "What an earlier tscwardend kept of the verdict is no such file and is ignored.");
}
