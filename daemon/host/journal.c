/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/journal.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/macro.h"
#include "base/parse.h"

/* More than a record of the kernel can have (LOG_LINE_MAX, kernel/printk/printk.c, is below 1024). */
#define FIELD_MAX 4096

/* The first two minutes of a boot. The TSC is calibrated in the first second, but the time stamps here are journald's,
 * which starts some seconds later. */
#define BEGINNING_USEC 120000000

/* Copies the field without the journal's "NAME=", cut at `size`; a NUL byte becomes '?'. 0 or -errno. */
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

static int match_kernel(sd_journal *journal)
{
        int r = sd_journal_add_match(journal, "_TRANSPORT=kernel", 0);

        /* A line that a program writes to /dev/kmsg has the same transport, but another facility. */
        return r < 0 ? r : sd_journal_add_match(journal, "SYSLOG_FACILITY=0", 0);
}

static int match_kernel_of_boot(sd_journal *journal, sd_id128_t boot)
{
        char match[sizeof("_BOOT_ID=") + 32];
        char id[SD_ID128_STRING_MAX];
        int r;

        (void)snprintf(match, sizeof(match), "_BOOT_ID=%s", sd_id128_to_string(boot, id));
        r = sd_journal_add_match(journal, match, 0);
        return r < 0 ? r : match_kernel(journal);
}

int journal_read_kernel(KlogLine line, void *userdata)
{
        _cleanup_(sd_journal_closep) sd_journal *journal = NULL;
        bool some = false;
        sd_id128_t boot;
        int r;

        r = sd_journal_open(&journal, SD_JOURNAL_LOCAL_ONLY | SD_JOURNAL_SYSTEM);
        if (r < 0)
                return r == -ENOENT ? 0 : r;
        r = sd_id128_get_boot(&boot);
        if (r < 0)
                return r;
        r = match_kernel_of_boot(journal, boot);
        if (r < 0)
                return r;
        (void)sd_journal_set_data_threshold(journal, FIELD_MAX);

        while ((r = sd_journal_next(journal)) > 0) {
                /* After a damaged record the others are still read. */
                r = deliver_record(journal, line, userdata);
                if (r == -ENOMEM)
                        return r;
                some |= r == 0;
        }
        return r < 0 ? r : some;
}

/* sd_journal_open() succeeds even if it may not read some files; it skips them. */
static int why_no_files(void)
{
        if (geteuid() == 0)
                return -ENOENT;
        return access("/var/log/journal", F_OK) == 0 || access("/run/log/journal", F_OK) == 0 ? -EACCES : -ENOENT;
}

int journal_open(sd_journal **ret)
{
        _cleanup_(sd_journal_closep) sd_journal *journal = NULL;
        int r = sd_journal_open(&journal, SD_JOURNAL_LOCAL_ONLY | SD_JOURNAL_SYSTEM);

        if (r < 0)
                return r;
        if (sd_journal_has_persistent_files(journal) <= 0 && sd_journal_has_runtime_files(journal) <= 0)
                return why_no_files();
        *ret = TAKE_PTR(journal);
        return 0;
}

/* Starts at the boot's first line and skips damaged records. 0 or -errno. */
static int read_beginning(sd_journal *journal, unsigned number, JournalBootLine line, void *userdata)
{
        int r = sd_journal_seek_head(journal);

        while (r >= 0 && (r = sd_journal_next(journal)) > 0) {
                uint64_t realtime, monotonic;
                sd_id128_t boot;
                char text[FIELD_MAX];

                if (sd_journal_get_realtime_usec(journal, &realtime) < 0 ||
                    sd_journal_get_monotonic_usec(journal, &monotonic, &boot) < 0 ||
                    read_field(journal, "MESSAGE", text, sizeof(text)) < 0)
                        continue;
                text[strcspn(text, "\n")] = '\0';
                if (monotonic > BEGINNING_USEC || !line(number, realtime, text, userdata))
                        return 0;
        }
        return r < 0 ? r : 0;
}

/* Moves from somewhere in `boot` to the last record of the boot before. 1; 0: there is none; or -errno. */
static int step_back(sd_journal *journal, sd_id128_t boot, sd_id128_t *ret)
{
        uint64_t ignored;
        sd_id128_t found;
        int r = sd_journal_seek_head(journal);

        if (r < 0)
                return r;
        r = sd_journal_next(journal);
        if (r <= 0)
                return r;
        sd_journal_flush_matches(journal);
        r = match_kernel(journal);
        while (r >= 0 && (r = sd_journal_previous(journal)) > 0)
                if (sd_journal_get_monotonic_usec(journal, &ignored, &found) >= 0 && !sd_id128_equal(found, boot)) {
                        *ret = found;
                        return 1;
                }
        return r;
}

/* Each boot must be older than the one before it. If somebody has set the clock, the walk backwards could come to the
 * same boot again. */
static bool is_new(const sd_id128_t *seen, unsigned n, sd_id128_t boot)
{
        for (unsigned i = 0; i < n; i++)
                if (sd_id128_equal(seen[i], boot))
                        return false;
        return true;
}

int journal_read_boots(unsigned max, JournalBootLine line, void *userdata)
{
        _cleanup_(sd_journal_closep) sd_journal *journal = NULL;
        _cleanup_free_ sd_id128_t *seen = calloc(max + 2, sizeof(*seen));
        sd_id128_t boot;
        unsigned n = 0;
        int r;

        if (!seen)
                return -ENOMEM;
        r = journal_open(&journal);
        if (r < 0)
                return r;
        r = sd_id128_get_boot(&boot);
        if (r < 0)
                return r;
        (void)sd_journal_set_data_threshold(journal, FIELD_MAX);
        do {
                seen[n] = boot;
                sd_journal_flush_matches(journal);
                r = match_kernel_of_boot(journal, boot);
                if (r < 0)
                        return r;
                r = read_beginning(journal, n++, line, userdata);
                if (r < 0)
                        return r;
                r = step_back(journal, boot, &boot);
                if (r < 0)
                        return r;
        } while (r > 0 && n <= max && is_new(seen, n, boot));
        return 0;
}
