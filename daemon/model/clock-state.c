/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The state that a restarted daemon must know, because the log may have lost the lines since.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/macro.h"
#include "base/parse.h"
#include "model/verdict.h"

/* Changes with the fields, so that no version reads a file that another one wrote. */
#define MAGIC "tscwarden-clock 2 "
/* Each byte of a line of KERNEL_TEXT_SIZE bytes may take four when escaped. */
#define FIELD_SIZE (4 * KERNEL_TEXT_SIZE)

char *clock_export(const Clock *clock, const char *boot_id)
{
        const KernelEvent *cause = &clock->cause;
        _cleanup_free_ char *line = NULL;

        line = text_escape(clock->marked ? cause->text : "");
        if (!line)
                return NULL;
        return text_format(MAGIC "%s\n"
                                 "verdict\t%s\nreason\t%s\nsince\t%" PRIu64
                                 "\nused\t%d\nlost-after-use\t%d\ncpus-differ\t%d\nkhz\t%u\n"
                                 "warp\t%llu\nskew\t%s%" PRIi64 "\ninterval\t%s%" PRIi64
                                 "\nreference\t%s\nline\t%s\nend\t\n",
                           boot_id, verdict_to_string(clock->verdict), clock_reason_to_string(clock->reason),
                           clock->since_usec, clock->tsc_used, clock->lost_after_use, clock->cpus_differ,
                           clock->tsc_khz, cause->warp_cycles, cause->has_skew ? "" : "?", cause->skew_ns,
                           cause->has_interval ? "" : "?", cause->interval_ns, cause->reference, line);
}

static int hex_value(char c)
{
        if (c >= '0' && c <= '9')
                return c - '0';
        if (c >= 'a' && c <= 'f')
                return c - 'a' + 10;
        return -1;
}

/* Undoes text_escape(): 0, -EBADMSG. */
static int unescape(const char *text, char *ret, size_t size)
{
        size_t n = 0;

        for (; *text; text++, n++) {
                if (n + 1 >= size)
                        return -EBADMSG;
                if (*text == '\\') {
                        int high, low;

                        if (text[1] != 'x' || (high = hex_value(text[2])) < 0 || (low = hex_value(text[3])) < 0)
                                return -EBADMSG;
                        ret[n] = (char)(high << 4 | low);
                        text += 3;
                } else {
                        ret[n] = *text;
                }
        }
        ret[n] = '\0';
        return 0;
}

/* Removes "KEY<TAB>VALUE\n" from *text: 0, -EBADMSG. */
static int take_field(const char **text, const char *end, const char *key, char ret[static FIELD_SIZE])
{
        size_t key_length = strlen(key);
        const char *newline = memchr(*text, '\n', (size_t)(end - *text));
        const char *value = *text + key_length + 1;

        if (!newline || value > newline || memcmp(*text, key, key_length) != 0 || value[-1] != '\t' ||
            (size_t)(newline - value) >= FIELD_SIZE || memchr(value, '\0', (size_t)(newline - value)))
                return -EBADMSG;
        memcpy(ret, value, (size_t)(newline - value));
        ret[newline - value] = '\0';
        *text = newline + 1;
        return 0;
}

static int take_number(const char **text, const char *end, const char *key, uint64_t max, uint64_t *ret)
{
        char value[FIELD_SIZE];

        if (take_field(text, end, key, value) < 0 || parse_u64(value, 0, max, ret) < 0)
                return -EBADMSG;
        return 0;
}

static int take_bool(const char **text, const char *end, const char *key, bool *ret)
{
        uint64_t number;

        if (take_number(text, end, key, 1, &number) < 0)
                return -EBADMSG;
        *ret = number;
        return 0;
}

/* A signed number; "?" in front means that it is not known. */
static int take_measure(const char **text, const char *end, const char *key, int64_t *ret, bool *ret_known)
{
        char value[FIELD_SIZE], *digits = value;
        uint64_t magnitude;
        bool negative;

        if (take_field(text, end, key, value) < 0)
                return -EBADMSG;
        *ret_known = *digits != '?';
        if (!*ret_known)
                digits++;
        negative = *digits == '-';
        if (parse_u64(digits + negative, 0, INT64_MAX, &magnitude) < 0)
                return -EBADMSG;
        *ret = negative ? -(int64_t)magnitude : (int64_t)magnitude;
        return 0;
}

static int take_words(Clock *clock, const char **text, const char *end)
{
        char value[FIELD_SIZE];

        if (take_field(text, end, "verdict", value) < 0)
                return -EBADMSG;
        clock->imported_verdict = verdict_from_string(value);
        if (take_field(text, end, "reason", value) < 0)
                return -EBADMSG;
        clock->imported_reason = clock_reason_from_string(value);
        if (clock->imported_verdict == VERDICT_INVALID_ || clock->imported_reason == REASON_INVALID_)
                return -EBADMSG;
        return 0;
}

static int take_all(Clock *clock, const char *text, const char *end)
{
        KernelEvent *cause = &clock->cause;
        char value[FIELD_SIZE];
        uint64_t khz, warp;

        if (take_words(clock, &text, end) < 0 ||
            take_number(&text, end, "since", UINT64_MAX - 1, &clock->imported_since_usec) < 0 ||
            take_bool(&text, end, "used", &clock->tsc_used) < 0 ||
            take_bool(&text, end, "lost-after-use", &clock->lost_after_use) < 0 ||
            take_bool(&text, end, "cpus-differ", &clock->cpus_differ) < 0 ||
            take_number(&text, end, "khz", UINT32_MAX, &khz) < 0 ||
            take_number(&text, end, "warp", INT64_MAX, &warp) < 0 ||
            take_measure(&text, end, "skew", &cause->skew_ns, &cause->has_skew) < 0 ||
            take_measure(&text, end, "interval", &cause->interval_ns, &cause->has_interval) < 0 ||
            take_field(&text, end, "reference", value) < 0 || strlen(value) >= CLOCKSOURCE_NAME_SIZE)
                return -EBADMSG;
        strcpy(cause->reference, value);
        clock->tsc_khz = (unsigned)khz;
        cause->warp_cycles = warp;
        if (take_field(&text, end, "line", value) < 0 || unescape(value, cause->text, sizeof(cause->text)) < 0 ||
            take_field(&text, end, "end", value) < 0 || text != end)
                return -EBADMSG;
        return 0;
}

int clock_import(Clock *clock, const char *text, size_t size, const char *boot_id)
{
        const char *newline = memchr(text, '\n', size);
        size_t magic = strlen(MAGIC), id = strlen(boot_id);
        Clock taken = *clock;

        if (!newline || (size_t)(newline - text) < magic || memcmp(text, MAGIC, magic) != 0)
                return -EBADMSG;
        if ((size_t)(newline - text) != magic + id || memcmp(text + magic, boot_id, id) != 0)
                return 0;
        if (take_all(&taken, newline + 1, text + size) < 0)
                return -EBADMSG;
        taken.imported = true;
        taken.tsc_registered = taken.tsc_used;
        if (taken.imported_verdict == VERDICT_UNSTABLE) {
                taken.marked = true;
                taken.cause.kind = KERNEL_LINE_MARK;
                taken.cause.reason = taken.imported_reason;
                taken.cause.usec = taken.imported_since_usec;
        }
        *clock = taken;
        return 1;
}
