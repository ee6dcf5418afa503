/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * environment-files generate DIR SEED N: writes files 0 to N-1 for EnvironmentFile=, right and wrong ones.
 * environment-files compare DIR ENVIRONMENT WORDS: what `env -0` printed under systemd for each of them, and how it
 * split $T_OPTS, against our own reading. Prints "same N refused N", exit 0 if there is no other kind.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/macro.h"
#include "host/config/config-file.h"
#include "host/config/config-text.h"
#include "model/cpupower-options.h"

/* Only these are compared: the unit has variables of its own. */
#define KEY_PREFIX "T_"

static uint64_t random_state;

static unsigned random_below(unsigned n)
{
        /* splitmix64 */
        uint64_t z = random_state += 0x9e3779b97f4a7c15;

        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return (unsigned)((z ^ (z >> 31)) % n);
}

static const char *pick(const char *const *words, unsigned n)
{
        return words[random_below(n)];
}
#define PICK(...)                                             \
        ({                                                    \
                const char *const words_[] = { __VA_ARGS__ }; \
                pick(words_, ARRAY_SIZE(words_));             \
        })

static void put_bare(FILE *out)
{
        for (unsigned n = random_below(6); n > 0; n--)
                fputs(PICK("frequency-set", "-g", "performance", " ", "\t", "  ", "a;b", "#x", "$HOME", "\\ ", "\\n",
                           "\\\\", "\\\"", "it's", "\"", "=", "\\\n", "\u00e4", "-d 2.25GHz", "%", "~", "[x]", "`id`",
                           ";"),
                      out);
}

static void put_quoted(FILE *out, const char *quote)
{
        fputs(quote, out);
        for (unsigned n = random_below(7); n > 0; n--)
                fputs(PICK("idle-set -D 10", " ", "\n", "\\\n", "\\$", "\\`", "\\\\", "\\n", "\t", "# no comment", ";",
                           "\u20ac", "$X", "\r", "--max=3GHz", *quote == '"' ? "'" : "\"",
                           *quote == '"' ? "\\\"" : "\\x"),
                      out);
        fputs(quote, out);
}

static void put_assignment(FILE *out)
{
        fprintf(out, "%s%s%s=%s", PICK("", "", "", " ", "\t "), PICK("T_OPTS", "T_A", "T_B1", "T_c", "T__"),
                PICK("", "", "", " ", "\t"), PICK("", "", "", " ", "\t"));
        switch (random_below(5)) {
        case 0:
                put_bare(out);
                break;
        case 1:
                put_quoted(out, "\"");
                break;
        case 2:
                put_quoted(out, "'");
                break;
        case 3:
                put_quoted(out, "\"");
                fputs(PICK("", " "), out);
                put_quoted(out, "'");
                break;
        default:
                fputs(PICK("\"frequency-set -g performance\"", "frequency-set -g performance", "", "'a b' # c",
                           "\"x\"y"),
                      out);
        }
        fputs(PICK("", "", " ", "\t"), out);
}

/* Now and then what one of us refuses. */
static void put_wrong(FILE *out)
{
        static const char nul[] = "T_A=x\0y";

        if (random_below(12) == 0)
                fwrite(nul, 1, sizeof(nul) - 1, out);
        else
                fputs(PICK("export T_A=1", "T_A", "T_A: 1", "=1", "1T=2", "T-A=3", "[cpus 0-3]", "[open", "[x] y",
                           "T_A=\"open", "T_B='open", "T_A=\xff", "T_A=\"\xc3\x28\"", "T_A B=1"),
                      out);
}

static void generate_one(FILE *out)
{
        if (random_below(40) == 0)
                fputs("\xef\xbb\xbf", out);
        for (unsigned n = 1 + random_below(6); n > 0; n--) {
                switch (random_below(9)) {
                case 0:
                        fputs(PICK("# a comment", "; another", "  # T_A=1", "#T_A=\"", "", "   "), out);
                        break;
                case 1:
                        if (random_below(3) == 0) {
                                put_wrong(out);
                                break;
                        }
                        /* fall through */
                default:
                        put_assignment(out);
                }
                fputs(PICK("\n", "\n", "\n", "\r\n", n == 1 ? "" : "\n"), out);
        }
}

static int generate(const char *directory, uint64_t seed, unsigned n)
{
        for (unsigned i = 0; i < n; i++) {
                char path[4096];
                FILE *out;

                random_state = seed * 1000003 + i;
                snprintf(path, sizeof(path), "%s/%u", directory, i);
                out = fopen(path, "we");
                if (!out)
                        return 1;
                generate_one(out);
                if (fclose(out) != 0)
                        return 1;
        }
        printf("# seed %" PRIu64 "\n", seed);
        return 0;
}

/* Why a file may be refused: the man page has the same list. */
static bool refusal_is_listed(const char *text)
{
        static const char *const listed[] = {
                "is never closed",     "text behind the closing quote",
                "closes on line",      "'export' is not needed",
                "':' before '='",      "no '=' in",
                "no key before",       "is not a key;",
                "begins with a digit", "'[' without ']'",
                "text behind ']'",     "a NUL byte",
                "a byte order mark",   "is not UTF-8",
        };

        for (size_t i = 0; i < ARRAY_SIZE(listed); i++)
                if (strstr(text, listed[i]))
                        return true;
        return false;
}

static const char *last_value(const ConfigText *text, const char *key, size_t length)
{
        const char *value = NULL;

        for (size_t i = 0; i < text->n; i++)
                if (text->items[i].key && strlen(text->items[i].key) == length &&
                    strncmp(text->items[i].key, key, length) == 0)
                        value = text->items[i].text;
        return value;
}

static bool environment_is_same(const ConfigText *text, const char *environment, size_t size)
{
        size_t n_theirs = 0, n_ours = 0;

        for (const char *at = environment; at < environment + size; at += strlen(at) + 1) {
                size_t length = strcspn(at, "=");
                const char *value;

                if (strncmp(at, KEY_PREFIX, strlen(KEY_PREFIX)) != 0)
                        continue;
                value = last_value(text, at, length);
                n_theirs++;
                if (!value || strcmp(value, at + length + 1) != 0)
                        return false;
        }
        for (size_t i = 0; i < text->n; i++)
                n_ours += text->items[i].key && strncmp(text->items[i].key, KEY_PREFIX, strlen(KEY_PREFIX)) == 0 &&
                          last_value(text, text->items[i].key, strlen(text->items[i].key)) == text->items[i].text;
        return n_ours == n_theirs;
}

/* printf '%s\0' prints one empty word when there are none. */
static bool words_are_same(const char *value, const char *theirs, size_t size, unsigned *n_split)
{
        _cleanup_cpupower_words_ CpupowerWords words = {};
        CpupowerWhy why;
        unsigned i = 0;

        if (strchr(value, ';') || cpupower_words_split(value, &words, why) < 0)
                return true;
        (*n_split)++;
        if (words.n == 0)
                return size == 1;
        for (const char *at = theirs; at < theirs + size; at += strlen(at) + 1, i++)
                if (i >= words.n || strcmp(at, words.words[i]) != 0)
                        return false;
        return i == words.n;
}

typedef struct Counts {
        unsigned same, refused, split, wrong;
} Counts;

static int compare_one(const char *const directories[3], unsigned i, Counts *counts)
{
        char *data[3] = {};
        _cleanup_config_faults_ ConfigFaults faults = {};
        _cleanup_config_text_ ConfigText text = {};
        size_t sizes[3] = {};
        const char *options;
        bool same;

        for (unsigned n = 0; n < 3; n++) {
                char path[4096];
                int r;

                snprintf(path, sizeof(path), "%s/%u", directories[n], i);
                r = config_file_read(path, &data[n], &sizes[n]);
                if (r < 0 && n == 0)
                        return r;
        }
        if (config_text_decode(data[0], sizes[0], &faults, &text) < 0)
                return -ENOMEM;
        if (faults.n_refusals > 0) {
                counts->refused++;
                for (unsigned n = 0; n < faults.n; n++)
                        if (!refusal_is_listed(faults.entries[n].text)) {
                                printf("# file %u: refused for a reason not listed: %s\n", i, faults.entries[n].text);
                                counts->wrong++;
                        }
        } else {
                options = last_value(&text, "T_OPTS", strlen("T_OPTS"));
                same = data[1] && environment_is_same(&text, data[1], sizes[1]) &&
                       (!options || words_are_same(options, data[2] ? data[2] : "", sizes[2], &counts->split));
                counts->same += same;
                counts->wrong += !same;
                if (!same)
                        printf("# file %u: systemd reads it differently%s\n", i, data[1] ? "" : ", or not at all");
        }
        for (unsigned n = 0; n < 3; n++)
                free(data[n]);
        return 0;
}

int main(int argc, char **argv)
{
        Counts counts = {};

        if (argc == 5 && strcmp(argv[1], "generate") == 0)
                return generate(argv[2], strtoull(argv[3], NULL, 10), (unsigned)strtoul(argv[4], NULL, 10));
        if (argc != 5 || strcmp(argv[1], "compare") != 0)
                return 2;
        for (unsigned i = 0; compare_one((const char *const *)argv + 2, i, &counts) == 0; i++)
                ;
        printf("same %u refused %u split %u wrong %u\n", counts.same, counts.refused, counts.split, counts.wrong);
        return counts.wrong > 0;
}
