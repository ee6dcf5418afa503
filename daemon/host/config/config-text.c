/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The grammar is that of parse_env_file_internal() in systemd 252 (src/basic/env-file.c), so that a file means the same
 * to us as to a unit with EnvironmentFile=. One difference: a backslash at the end of a comment does not continue it,
 * as since 254.
 */
#include "host/config/config-text.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/log.h"
#include "base/macro.h"

typedef struct Decoder {
        const char *at, *end;
        unsigned line;
        char *value; /* room for a whole file: no value is longer than its text */
        size_t n_value;
        ConfigText *text;
        ConfigFaults *faults;
} Decoder;

void config_text_done(ConfigText *text)
{
        for (size_t i = 0; i < text->n; i++) {
                free(text->items[i].key);
                free(text->items[i].text);
        }
        free(text->items);
        *text = (ConfigText) {};
}

static bool is_newline(char c)
{
        return c == '\n' || c == '\r';
}

static bool is_blank(char c)
{
        return c == ' ' || c == '\t';
}

static bool is_key_char(char c)
{
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

static bool at_line_end(const Decoder *d)
{
        return d->at == d->end || is_newline(*d->at);
}

static char take(Decoder *d)
{
        char c = *d->at++;

        if (c == '\n')
                d->line++;
        return c;
}

static void put(Decoder *d, char c)
{
        d->value[d->n_value++] = c;
}

static void skip_blanks(Decoder *d)
{
        while (d->at < d->end && is_blank(*d->at))
                d->at++;
}

static void skip_line(Decoder *d)
{
        while (!at_line_end(d))
                d->at++;
}

/* `key` may be NULL. */
static int add_item(Decoder *d, unsigned line, const char *key, size_t key_length, const char *value, size_t length)
{
        ConfigText *text = d->text;
        _cleanup_free_ char *key_copy = NULL, *value_copy = NULL;

        if (array_grow(&text->items, text->n, sizeof(*text->items)) < 0)
                return -ENOMEM;
        if (key && !(key_copy = strndup(key, key_length)))
                return -ENOMEM;
        if (value && !(value_copy = strndup(value, length)))
                return -ENOMEM;
        text->items[text->n++] = (ConfigItem) {
                .line = line,
                .scope = text->n_scopes,
                .key = TAKE_PTR(key_copy),
                .text = TAKE_PTR(value_copy),
        };
        return 0;
}

static int decode_header(Decoder *d)
{
        unsigned line = d->line;
        const char *begin = ++d->at, *bracket, *behind;

        skip_line(d);
        d->text->n_scopes++;
        bracket = behind = memchr(begin, ']', (size_t)(d->at - begin));
        while (behind && ++behind < d->at && is_blank(*behind))
                ;
        if (!bracket)
                config_faults_refuse(d->faults, line, "'[' without ']'; write a section as [cpus 0-3]");
        else if (behind < d->at) {
                config_faults_refuse(d->faults, line, "text behind ']'; put a comment on a line of its own");
                bracket = NULL;
        }
        return add_item(d, line, NULL, 0, bracket ? begin : NULL, bracket ? (size_t)(bracket - begin) : 0);
}

/* Returns false if the text ends inside the quotes. */
static bool decode_quoted(Decoder *d)
{
        char quote = take(d);

        while (d->at < d->end) {
                char c = take(d);

                if (c == quote)
                        return true;
                if (c == '\\' && quote == '"') {
                        if (d->at == d->end)
                                return false;
                        c = take(d);
                        if (c == '\n')
                                continue;
                        if (!strchr("\"\\`$", c))
                                put(d, '\\');
                }
                put(d, c);
        }
        return false;
}

/* Quotes mean nothing once a value has begun without them; a backslash makes the next character, a blank too, part of
 * the value. */
static void decode_bare(Decoder *d)
{
        size_t keep = d->n_value; /* length without the blanks at the end */

        while (!at_line_end(d)) {
                char c = take(d);

                if (c == '\\') {
                        if (d->at < d->end) {
                                c = take(d);
                                if (!is_newline(c))
                                        put(d, c);
                        }
                        keep = d->n_value;
                } else {
                        put(d, c);
                        if (!is_blank(c))
                                keep = d->n_value;
                }
        }
        d->n_value = keep;
}

/* Returns false if the value is wrong, which is then reported. The line is consumed in both cases. */
static bool decode_value(Decoder *d)
{
        unsigned open_line = 0;

        d->n_value = 0;
        for (skip_blanks(d); !at_line_end(d); skip_blanks(d)) {
                if (*d->at == '"' || *d->at == '\'') {
                        char quote = *d->at;

                        open_line = d->line;
                        if (!decode_quoted(d)) {
                                config_faults_refuse(d->faults, open_line,
                                                     "the quote opened here is never closed; end the value with %c",
                                                     quote);
                                return false;
                        }
                } else if (open_line == 0)
                        decode_bare(d);
                else {
                        if (open_line == d->line && *d->at == '\\' && d->at + 1 < d->end && d->at[1] == 'n')
                                config_faults_refuse(
                                        d->faults, open_line,
                                        "a backslash and n behind the closing quote, which make no new line; "
                                        "write what follows them on a line of its own");
                        else if (open_line == d->line)
                                config_faults_refuse(d->faults, open_line,
                                                     "text behind the closing quote; "
                                                     "quote the whole value, put a comment on a line of its own");
                        else
                                config_faults_refuse(d->faults, open_line,
                                                     "the quote opened here closes on line %u and text "
                                                     "follows it there; close it where the value ends",
                                                     d->line);
                        decode_bare(d);
                        return false;
                }
        }
        return true;
}

/* Reports the word `export` of a shell before the key and skips it, so that the key is checked as well. */
static bool skip_export(Decoder *d, unsigned line, const char **key, size_t *length)
{
        static const char word[] = "export";
        size_t i = strlen(word);
        char excerpt[CONFIG_EXCERPT_SIZE];

        if (*length <= i || strncmp(*key, word, i) != 0 || !is_blank((*key)[i]))
                return false;
        while (i < *length && is_blank((*key)[i]))
                i++;
        *key += i;
        *length -= i;
        config_faults_refuse(d->faults, line,
                             "'export' is not needed; begin the line with %s=", config_excerpt(*key, *length, excerpt));
        return true;
}

/* `key` is the text before '=', or the whole line if there is none. Returns false if it is wrong, which is then
 * reported. */
static bool check_key(Decoder *d, unsigned line, const char *key, size_t length, bool has_equals)
{
        char excerpt[CONFIG_EXCERPT_SIZE];
        size_t i = 0;

        config_excerpt(key, length, excerpt);
        while (i < length && is_key_char(key[i]))
                i++;

        if (memchr(key, ':', length))
                config_faults_refuse(d->faults, line, "':' before '=' in '%s'; write KEY=value", excerpt);
        else if (!has_equals)
                config_faults_refuse(d->faults, line, "no '=' in '%s'; write KEY=value, and # before a comment",
                                     excerpt);
        else if (length == 0)
                config_faults_refuse(d->faults, line, "no key before '='; write KEY=value");
        else if (*key >= '0' && *key <= '9')
                config_faults_refuse(d->faults, line, "'%s' begins with a digit, as no key does; write KEY=value",
                                     excerpt);
        else if (i < length)
                config_faults_refuse(d->faults, line, "'%s' is not a key; keys are made of letters, digits and _",
                                     excerpt);
        else
                return true;
        return false;
}

static int decode_assignment(Decoder *d)
{
        unsigned line = d->line;
        const char *key = d->at;
        bool has_equals, ok, exported;
        size_t length;

        while (!at_line_end(d) && *d->at != '=')
                d->at++;
        has_equals = d->at < d->end && *d->at == '=';
        length = (size_t)(d->at - key);
        while (length > 0 && is_blank(key[length - 1]))
                length--;

        exported = skip_export(d, line, &key, &length);
        ok = (has_equals || !exported) && check_key(d, line, key, length, has_equals);
        if (!has_equals)
                return 0;
        d->at++;
        if (!decode_value(d) || exported)
                return ok ? add_item(d, line, key, length, NULL, 0) : 0;
        if (!ok)
                return 0;
        d->value[d->n_value] = '\0';
        if (!text_is_utf8(d->value, d->n_value)) {
                config_faults_refuse(d->faults, line,
                                     "the value is not UTF-8, and systemd would not take it; save the file as "
                                     "ASCII or UTF-8");
                return add_item(d, line, key, length, NULL, 0);
        }
        return add_item(d, line, key, length, d->value, d->n_value);
}

/* Returns false if this is no text at all. */
static bool check_bytes(const char *data, size_t size, ConfigFaults *faults)
{
        unsigned line = 1;

        if (size > CONFIG_TEXT_MAX) {
                config_faults_refuse(faults, 0, "longer than 1 MiB; this cannot be the right file");
                return false;
        }
        for (const char *at = data, *end = data + size, *next; at < end; at = next, line++) {
                next = memchr(at, '\n', (size_t)(end - at));
                next = next ? next + 1 : end;
                if (memchr(at, '\0', (size_t)(next - at))) {
                        config_faults_refuse(faults, line, "a NUL byte; save the file as plain text (ASCII or UTF-8)");
                        return false;
                }
                if ((size_t)(next - at) > CONFIG_TEXT_LINE_MAX)
                        config_faults_refuse(faults, line, "longer than 64 KiB; break the line");
        }
        return true;
}

static int decode_all(Decoder *d)
{
        int r = 0;

        if (d->end - d->at >= 3 && memcmp(d->at, "\xef\xbb\xbf", 3) == 0) {
                config_faults_refuse(d->faults, 1, "begins with a byte order mark; save the file without it");
                d->at += 3;
        }
        while (d->at < d->end && r >= 0) {
                char c = *d->at;

                if (is_blank(c) || is_newline(c))
                        (void)take(d);
                else if (c == '#' || c == ';')
                        skip_line(d);
                else if (c == '[')
                        r = decode_header(d);
                else
                        r = decode_assignment(d);
        }
        return r;
}

int config_text_decode(const char *data, size_t size, ConfigFaults *faults, ConfigText *ret)
{
        _cleanup_config_text_ ConfigText text = {};
        _cleanup_free_ char *value = NULL;
        int r;

        if (check_bytes(data, size, faults)) {
                Decoder decoder = { .at = data, .end = data + size, .line = 1, .text = &text, .faults = faults };

                decoder.value = value = malloc(size + 1);
                if (!value)
                        return -ENOMEM;
                r = decode_all(&decoder);
                if (r < 0)
                        return r;
        }
        *ret = TAKE_STRUCT(text);
        return 0;
}

char *config_text_read(char *buffer, int size, void *userdata)
{
        ConfigText *text = userdata;
        const ConfigItem *item;

        if (text->next == text->n)
                return NULL;
        item = &text->items[text->next];
        if (item->key)
                snprintf(buffer, (size_t)size, "%.*s=%zu\n", CONFIG_TEXT_KEY_CUT, item->key, text->next);
        else
                snprintf(buffer, (size_t)size, "[%zu]\n", text->next);
        text->next++;
        return buffer;
}
