/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/journal.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <systemd/sd-journal.h>

#include "base/macro.h"
#include "base/parse.h"

/* More than a kernel record holds (LOG_LINE_MAX, kernel/printk/printk.c, is below 1024). */
#define FIELD_MAX 4096

/* Without the journal's "NAME=", cut at `size`; a NUL byte as '?'. 0 or -errno. */
static int read_field(sd_journal *journal, const char *name, char *buffer, size_t size)
{
        const char *data;
        size_t length, skip = strlen(name) + 1;
        int r;

        r = sd_journal_get_data(journal, name, (const void **)&data, &length);
        if (r < 0)
                return r;
        length -= skip;
        if (length >= size)
                length = size - 1;
        for (size_t i = 0; i < length; i++)
                buffer[i] = data[skip + i] ? data[skip + i] : '?';
        buffer[length] = '\0';
        return 0;
}

/* 0, or -errno of a record that cannot be read. */
static int deliver_record(sd_journal *journal, KlogLine line, void *userdata)
{
        char text[FIELD_MAX], stamp[32];
        uint64_t usec = 0;
        int r;

        r = read_field(journal, "MESSAGE", text, sizeof(text));
        if (r < 0)
                return r;
        text[strcspn(text, "\n")] = '\0';
        if (read_field(journal, "_SOURCE_MONOTONIC_TIMESTAMP", stamp, sizeof(stamp)) == 0)
                (void)parse_u64(stamp, 0, INT64_MAX, &usec);
        line(usec, text, userdata);
        return 0;
}

static int match_kernel_of_this_boot(sd_journal *journal)
{
        char match[sizeof("_BOOT_ID=") + 32];
        char id[SD_ID128_STRING_MAX];
        sd_id128_t boot;
        int r;

        r = sd_id128_get_boot(&boot);
        if (r < 0)
                return r;
        (void)snprintf(match, sizeof(match), "_BOOT_ID=%s", sd_id128_to_string(boot, id));
        r = sd_journal_add_match(journal, match, 0);
        if (r < 0)
                return r;
        r = sd_journal_add_match(journal, "_TRANSPORT=kernel", 0);
        if (r < 0)
                return r;
        /* What a program writes to /dev/kmsg has the same transport and another facility. */
        return sd_journal_add_match(journal, "SYSLOG_FACILITY=0", 0);
}

int journal_read_kernel(KlogLine line, void *userdata)
{
        _cleanup_(sd_journal_closep) sd_journal *journal = NULL;
        bool some = false;
        int r;

        r = sd_journal_open(&journal, SD_JOURNAL_LOCAL_ONLY | SD_JOURNAL_SYSTEM);
        if (r < 0)
                return r == -ENOENT ? 0 : r;
        r = match_kernel_of_this_boot(journal);
        if (r < 0)
                return r;
        (void)sd_journal_set_data_threshold(journal, FIELD_MAX);

        while ((r = sd_journal_next(journal)) > 0) {
                /* A damaged record does not take the others with it. */
                r = deliver_record(journal, line, userdata);
                if (r == -ENOMEM)
                        return r;
                some |= r == 0;
        }
        return r < 0 ? r : some;
}
