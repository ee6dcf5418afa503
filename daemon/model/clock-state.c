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

char *clock_export(const Clock *clock, const char *boot_id)
{
        const KernelEvent *cause = &clock->cause;
        _cleanup_free_ char *line = NULL;

        line = text_escape(clock->marked ? cause->text : "");
        if (!line)
                return NULL;
        return text_format(
                MAGIC
                "%s\n"
                "verdict\t%s\nreason\t%s\nsince\t%" PRIu64 "\nused\t%d\nlost-after-use\t%d\ncpus-differ\t%d\nkhz\t%u\n"
                "warp\t%" PRIi64 "\nskew\t%s%" PRIi64 "\ninterval\t%s%" PRIi64 "\nreference\t%s\nline\t%s\nend\t\n",
                boot_id, verdict_to_string(clock->verdict), clock_reason_to_string(clock->reason), clock->since_usec,
                clock->tsc_used, clock->lost_after_use, clock->cpus_differ, clock->tsc_khz, cause->line.warp_cycles,
                cause->line.has_skew ? "" : "?", cause->line.skew_ns, cause->line.has_interval ? "" : "?",
                cause->line.interval_ns, cause->line.reference, line);
}

/* Undoes text_escape(). */
static int unescape(char *text)
{
        char *to = text;

        for (const char *from = text; *from; to++) {
                int byte = hex_escape(from);

                if (byte < 0 && *from == '\\')
                        return -EBADMSG;
                *to = byte < 0 ? *from : (char)byte;
                from += byte < 0 ? 1 : 4;
        }
        *to = '\0';
        return 0;
}

/* Cuts "KEY<TAB>VALUE\n" off the front of *text and returns VALUE; NULL: something else is there. */
static char *take_field(char **text, const char *key)
{
        char *newline = strchr(*text, '\n'), *tab = *text + strlen(key);

        if (!newline || strncmp(*text, key, strlen(key)) != 0 || *tab != '\t')
                return NULL;
        *newline = '\0';
        *text = newline + 1;
        return tab + 1;
}

static int take_number(char **text, const char *key, uint64_t max, uint64_t *ret)
{
        const char *value = take_field(text, key);

        return value ? parse_u64(value, 0, max, ret) : -EBADMSG;
}

static int take_bool(char **text, const char *key, bool *ret)
{
        uint64_t number;

        if (take_number(text, key, 1, &number) < 0)
                return -EBADMSG;
        *ret = number;
        return 0;
}

/* A signed number; "?" in front means that it is not known. */
static int take_measure(char **text, const char *key, int64_t *ret, bool *ret_known)
{
        const char *digits = take_field(text, key);
        uint64_t magnitude;
        bool negative;

        if (!digits)
                return -EBADMSG;
        *ret_known = *digits != '?';
        digits += !*ret_known;
        negative = *digits == '-';
        if (parse_u64(digits + negative, 0, INT64_MAX, &magnitude) < 0)
                return -EBADMSG;
        *ret = negative ? -(int64_t)magnitude : (int64_t)magnitude;
        return 0;
}

/* Cuts the text up. 0, -EBADMSG. */
static int take_all(Clock *clock, char *text)
{
        const char *verdict = take_field(&text, "verdict"), *reason = take_field(&text, "reason"), *reference;
        KernelEvent *cause = &clock->cause;
        uint64_t khz, warp;
        char *line;

        if (!verdict || !reason)
                return -EBADMSG;
        clock->imported_verdict = verdict_from_string(verdict);
        clock->imported_reason = clock_reason_from_string(reason);
        if (clock->imported_verdict == VERDICT_INVALID_ || clock->imported_reason == REASON_INVALID_ ||
            take_number(&text, "since", UINT64_MAX - 1, &clock->imported_since_usec) < 0 ||
            take_bool(&text, "used", &clock->tsc_used) < 0 ||
            take_bool(&text, "lost-after-use", &clock->lost_after_use) < 0 ||
            take_bool(&text, "cpus-differ", &clock->cpus_differ) < 0 ||
            take_number(&text, "khz", UINT32_MAX, &khz) < 0 || take_number(&text, "warp", INT64_MAX, &warp) < 0 ||
            take_measure(&text, "skew", &cause->line.skew_ns, &cause->line.has_skew) < 0 ||
            take_measure(&text, "interval", &cause->line.interval_ns, &cause->line.has_interval) < 0)
                return -EBADMSG;
        clock->tsc_khz = (unsigned)khz;
        cause->line.warp_cycles = warp;
        reference = take_field(&text, "reference");
        line = take_field(&text, "line");
        if (!reference || strlen(reference) >= sizeof(cause->line.reference) || !line || unescape(line) < 0 ||
            strlen(line) >= sizeof(cause->text) || !take_field(&text, "end") || *text)
                return -EBADMSG;
        strcpy(cause->line.reference, reference);
        strcpy(cause->text, line);
        return 0;
}

int clock_import(Clock *clock, const char *text, size_t size, const char *boot_id)
{
        _cleanup_free_ char *copy = strndup(text, size);
        Clock taken = *clock;
        char *fields;

        if (!copy)
                return -ENOMEM;
        fields = strchr(copy, '\n');
        if (!fields || strncmp(copy, MAGIC, strlen(MAGIC)) != 0)
                return -EBADMSG;
        *fields++ = '\0';
        if (strcmp(copy + strlen(MAGIC), boot_id) != 0)
                return 0;
        if (strlen(fields) != size - (size_t)(fields - copy) || take_all(&taken, fields) < 0)
                return -EBADMSG;
        taken.imported = true;
        taken.tsc_registered = taken.tsc_used;
        if (taken.imported_verdict == VERDICT_UNSTABLE) {
                taken.marked = true;
                taken.cause.line.kind = KERNEL_LINE_MARK;
                taken.cause.line.reason = taken.imported_reason;
                taken.cause.usec = taken.imported_since_usec;
        }
        *clock = taken;
        return 1;
}
