/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/log.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

/* The location would be this file for every message. */
#define SD_JOURNAL_SUPPRESS_LOCATION
#include <systemd/sd-journal.h>

#define LOG_FIELDS_MAX 16

static bool log_to_journal;
static int log_max_level = LOG_INFO;

void log_init(void)
{
        const char *stream = getenv("JOURNAL_STREAM");
        struct stat st;
        uintmax_t device, inode;

        log_to_journal = stream && sscanf(stream, "%ju:%ju", &device, &inode) == 2 && fstat(STDERR_FILENO, &st) == 0 &&
                         st.st_dev == device && st.st_ino == inode;
}

void log_set_max_level(int level)
{
        log_max_level = level;
}

int log_get_max_level(void)
{
        return log_max_level;
}

const char *log_get_target(void)
{
        return log_to_journal ? "journal" : "console";
}

/* Length of the UTF-8 sequence at `text`, and its character. 0: it is not valid, overlong, a surrogate or above
 * U+10FFFF (RFC 3629). */
static unsigned utf8_decode(const unsigned char *text, uint32_t *ret_code)
{
        unsigned length;
        uint32_t code;

        if (text[0] < 0x80) {
                length = 1;
                code = text[0];
        } else if (text[0] >= 0xc2 && text[0] <= 0xdf) {
                length = 2;
                code = text[0] & 0x1f;
        } else if (text[0] >= 0xe0 && text[0] <= 0xef) {
                length = 3;
                code = text[0] & 0x0f;
        } else if (text[0] >= 0xf0 && text[0] <= 0xf4) {
                length = 4;
                code = text[0] & 0x07;
        } else
                return 0;

        for (unsigned i = 1; i < length; i++) {
                if ((text[i] & 0xc0) != 0x80)
                        return 0;
                code = code << 6 | (text[i] & 0x3f);
        }
        if ((length == 3 && code < 0x800) || (length == 4 && (code < 0x10000 || code > 0x10ffff)) ||
            (code >= 0xd800 && code <= 0xdfff))
                return 0;
        *ret_code = code;
        return length;
}

/* sd-bus refuses a message with such a character (Unicode's noncharacters; systemd, src/basic/utf8.c
 * unichar_is_valid()). */
static bool is_noncharacter(uint32_t code)
{
        return (code >= 0xfdd0 && code <= 0xfdef) || (code & 0xfffe) == 0xfffe;
}

/* Characters that a reader does not see, or that change the place or look of others: Unicode's categories Cc, Cf, Zl
 * and Zp. A terminal takes U+0080 to U+009F for control codes, as it does those below U+0020. */
static bool is_invisible(uint32_t code)
{
        static const struct {
                uint32_t first, last;
        } ranges[] = {
                { 0, 0x1f },          { 0x7f, 0x9f },       { 0xad, 0xad },       { 0x600, 0x605 },
                { 0x61c, 0x61c },     { 0x6dd, 0x6dd },     { 0x70f, 0x70f },     { 0x890, 0x891 },
                { 0x8e2, 0x8e2 },     { 0x180e, 0x180e },   { 0x200b, 0x200f },   { 0x2028, 0x202e },
                { 0x2060, 0x206f },   { 0xfeff, 0xfeff },   { 0xfff9, 0xfffb },   { 0x110bd, 0x110bd },
                { 0x110cd, 0x110cd }, { 0x13430, 0x1343f }, { 0x1bca0, 0x1bca3 }, { 0x1d173, 0x1d17a },
                { 0xe0000, 0xe007f },
        };

        for (unsigned i = 0; i < ARRAY_SIZE(ranges) && code >= ranges[i].first; i++)
                if (code <= ranges[i].last)
                        return true;
        return false;
}

static char *escape(const char *text, bool backslash)
{
        const unsigned char *from = (const unsigned char *)text;
        char *escaped = malloc(strlen(text) * 4 + 1), *to = escaped, *fit;

        if (!escaped)
                return NULL;
        while (*from) {
                uint32_t code = 0;
                unsigned length;

                /* Nearly all texts are printable ASCII alone, which needs no decoding. */
                if (*from >= ' ' && *from <= '~' && *from != '\\') {
                        *to++ = (char)*from++;
                        continue;
                }
                length = utf8_decode(from, &code);
                if (length > 0 && !is_noncharacter(code) && !is_invisible(code) && !(backslash && code == '\\')) {
                        memcpy(to, from, length);
                        to += length;
                        from += length;
                        continue;
                }
                for (unsigned end = length ? length : 1; end > 0; end--)
                        to += sprintf(to, "\\x%02x", *from++);
        }
        *to = '\0';
        /* Callers keep these texts for long (64 events, for example), so the room that is not used is given back. */
        fit = realloc(escaped, (size_t)(to - escaped) + 1);
        return fit ? fit : escaped;
}

bool text_is_utf8(const char *text, size_t length)
{
        const unsigned char *at = (const unsigned char *)text, *end = at + length;
        uint32_t code;
        unsigned n;

        for (; at < end && (n = utf8_decode(at, &code)) > 0; at += n)
                ;
        return at == end;
}

char *text_escape(const char *text)
{
        return escape(text, true);
}

char *text_escape_again(const char *text)
{
        return escape(text, false);
}

static void log_to_stderr(int level, const char *message)
{
        static const char *const names[] = {
                [LOG_EMERG] = "error: ",     [LOG_ALERT] = "error: ", [LOG_CRIT] = "error: ", [LOG_ERR] = "error: ",
                [LOG_WARNING] = "warning: ", [LOG_NOTICE] = "",       [LOG_INFO] = "",        [LOG_DEBUG] = "debug: ",
        };

        fprintf(stderr, "tscwardend: %s%s\n", names[level & LOG_PRIMASK], message);
}

static void log_fields(int level, const char *message_id, const char *const *fields, const char *message)
{
        _cleanup_free_ char *line = NULL, *id = NULL, *priority = NULL;
        struct iovec vector[LOG_FIELDS_MAX + 3];
        int n = 0;

        if (!log_to_journal) {
                log_to_stderr(level, message);
                return;
        }
        if (asprintf(&line, "MESSAGE=%s", message) < 0 || asprintf(&priority, "PRIORITY=%d", level & LOG_PRIMASK) < 0 ||
            (message_id && asprintf(&id, "MESSAGE_ID=%s", message_id) < 0)) {
                log_to_stderr(level, message);
                return;
        }
        vector[n++] = (struct iovec) { line, strlen(line) };
        vector[n++] = (struct iovec) { priority, strlen(priority) };
        if (id)
                vector[n++] = (struct iovec) { id, strlen(id) };
        for (unsigned i = 0; fields && fields[i] && i < LOG_FIELDS_MAX; i++)
                vector[n++] = (struct iovec) { (void *)fields[i], strlen(fields[i]) };

        /* Late in a shutdown the journal has ended, but stderr may still be read. */
        if (sd_journal_sendv(vector, n) < 0)
                log_to_stderr(level, message);
}

char *text_format_valist(const char *format, va_list args)
{
        char *text;

        return vasprintf(&text, format, args) < 0 ? NULL : text;
}

char *text_finish(FILE *stream, char **text)
{
        /* Either of the two may be the one to report that memory ran out. */
        bool failed = ferror(stream) != 0;

        if (fclose(stream) == 0 && !failed)
                return *text;
        free(*text);
        return NULL;
}

char *text_format(const char *format, ...)
{
        va_list args;
        char *text;

        va_start(args, format);
        text = text_format_valist(format, args);
        va_end(args);
        return text;
}

void log_event(int level, const char *message_id, const char *const *fields, const char *format, ...)
{
        _cleanup_free_ char *message = NULL, *safe = NULL;
        va_list ap;

        if ((level & LOG_PRIMASK) > log_max_level)
                return;
        va_start(ap, format);
        message = text_format_valist(format, ap);
        va_end(ap);
        safe = message ? text_escape_again(message) : NULL;
        if (safe)
                log_fields(level, message_id, fields, safe);
        else
                log_to_stderr(LOG_ERR, "out of memory while logging");
}

int log_error_errno(int error, const char *format, ...)
{
        _cleanup_free_ char *message = NULL;
        va_list ap;

        va_start(ap, format);
        message = text_format_valist(format, ap);
        va_end(ap);
        log_message(LOG_ERR, "%s: %s", message ? message : "out of memory", strerror(-error));
        return error;
}
