/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the installed inih reads from a text, alone and behind our reader. Alone it is checked where its releases 55 to
 * 62 agree: if a later one differs, our reader may become simpler.
 */
#include <errno.h>
#include <ini.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "host/config/config-text.h"
#include "host/config/config.h"
#include "scratch.h"

/* "[section]NAME=value;" for each call of the handler. */
typedef struct Seen {
        char text[4096];
        const ConfigText *decoded; /* NULL: the texts come from inih itself */
} Seen;

static int see(void *userdata, const char *section, const char *name, const char *value)
{
        Seen *seen = userdata;
        size_t used = strlen(seen->text);

        if (seen->decoded) {
                const ConfigItem *items = seen->decoded->items;

                if (*section)
                        section = items[atoi(section)].text;
                name = items[atoi(value)].key;
                value = items[atoi(value)].text;
        }
        snprintf(seen->text + used, sizeof(seen->text) - used, "[%s]%s=%s;", section, name, value);
        return 1;
}

static void parse_by_inih(const Scratch *scratch, const char *text, size_t size, Seen *ret)
{
        char path[128];

        *ret = (Seen) {};
        assert_int_equal(scratch_write(scratch, "inih", text, size), 0);
        snprintf(path, sizeof(path), "%s/inih", scratch->path);
        assert_true(ini_parse(path, see, ret) >= 0);
}

/* Returns false if the text is refused; *ret then has the message. */
static bool parse_by_us(const char *text, size_t size, Seen *ret)
{
        _cleanup_config_faults_ ConfigFaults faults = {};
        _cleanup_config_text_ ConfigText decoded = {};

        *ret = (Seen) { .decoded = &decoded };
        assert_int_equal(config_text_decode(text, size, &faults, &decoded), 0);
        if (faults.n_refusals > 0) {
                strcpy(ret->text, faults.entries[0].text);
                return false;
        }
        assert_int_equal(ini_parse_stream(config_text_read, &decoded, see, ret), 0);
        return true;
}

typedef struct Trap {
        const char *text;
        size_t size; /* 0: strlen */
        const char *inih, *ours;
        bool refused;
} Trap;

#define X10 "xxxxxxxxxx"
#define X50 X10 X10 X10 X10 X10
#define X200 X50 X50 X50 X50
/* Texts that fit into one read of inih. */
#define X199_COMMENT "#" X50 X50 X50 X10 X10 X10 X10 "xxxxxxxx"

static void test_inih_traps(void **state)
{
        static const Trap traps[] = {
                /* inih keeps quotes */
                { "A=\"x y\"", 0, "[]A=\"x y\";", "[]A=x y;", false },
                /* " ;" begins a comment, even inside quotes */
                { "A=\"a ; b\"", 0, "[]A=\"a;", "[]A=a ; b;", false },
                { "A=v ;c", 0, "[]A=v;", "[]A=v ;c;", false },
                /* an indented line continues the key before it */
                { "A=1\n  B=2", 0, "[]A=1;[]A=B=2;", "[]A=1;[]B=2;", false },
                /* ':' separates key and value too */
                { "A: x", 0, "[]A=x;", "':' before '=' in 'A: x'; write KEY=value", true },
                { "A:b=x", 0, "[]A=b=x;", "':' before '=' in 'A:b'; write KEY=value", true },
                /* inih accepts any byte in a name */
                { "export A=1", 0, "[]export A=1;", "'export' is not needed; begin the line with A=", true },
                { "=x", 0, "[]=x;", "no key before '='; write KEY=value", true },
                /* a backslash does not join lines, and a quote ends with its line */
                { "A=a\\\nB=b", 0, "[]A=a\\;[]B=b;", "[]A=aB=b;", false },
                { "A=\"m\nB=n\"", 0, "[]A=\"m;[]B=n\";", "[]A=m\nB=n;", false },
                /* a NUL ends the line */
                { "A=1\0002\nB=3", 9, "[]A=1;[]B=3;", "a NUL byte; save the file as plain text (ASCII or UTF-8)",
                  true },
                /* section names are cut at 49 characters, and text after ']' is ignored */
                { "[" X50 "yy]\nA=1", 0, "[" X10 X10 X10 X10 "xxxxxxxxx]A=1;", "[" X50 "yy]A=1;", false },
                { "[s] t\nA=1", 0, "[s]A=1;", "text behind ']'; put a comment on a line of its own", true },
                /* a byte order mark is skipped only at the start of the file */
                { "\xef\xbb\xbf\x41=1", 0, "[]A=1;", "begins with a byte order mark; save the file without it", true },
                /* a line ends after 199 characters; inih 55 to 58 read the rest as a new line, later ones drop it */
                { "#" X200 X200 "\nA=1", 0, "[]A=1;", "[]A=1;", false },
                { X199_COMMENT "GOVERNOR=x", 0, NULL, "", false },
                { "A=" X200 X200 "B=1", 0, NULL, "[]A=" X200 X200 "B=1;", false },
                { X200 X50 "=1", 0, NULL, "[]" X200 X50 "=1;", false },
        };
        Seen seen;

        for (size_t i = 0; i < ARRAY_SIZE(traps); i++) {
                const Trap *trap = &traps[i];
                size_t size = trap->size ? trap->size : strlen(trap->text);

                print_message("<<%s>>\n", trap->text);
                if (trap->inih) {
                        parse_by_inih(*state, trap->text, size, &seen);
                        assert_string_equal(seen.text, trap->inih);
                }
                assert_int_equal(parse_by_us(trap->text, size, &seen), !trap->refused);
                assert_string_equal(seen.text, trap->ours);
        }
}

/* Every release cuts a long value. Our reader keeps it, up to the reader's own limit. */
static void test_inih_cuts_long_values(void **state)
{
        static char text[60000];
        Seen seen;

        memset(text, 'x', sizeof(text));
        memcpy(text, "GOVERNOR=", 9);
        parse_by_inih(*state, text, 1000, &seen);
        assert_memory_equal(seen.text, "[]GOVERNOR=xxx", 14);
        assert_true(strcspn(seen.text, ";") < 200 + 2);
        {
                _cleanup_config_faults_ ConfigFaults faults = {};
                _cleanup_config_text_ ConfigText decoded = {};

                assert_int_equal(config_text_decode(text, sizeof(text), &faults, &decoded), 0);
                assert_int_equal(strlen(decoded.items[0].text), sizeof(text) - 9);
        }
}

/* For a directory inih 55 returns 0, as for an empty file; later ones return an error. */
static void test_inih_directory(void **state)
{
        const Scratch *scratch = *state;
        _cleanup_config_faults_ ConfigFaults errors = {};
        Config config;

        assert_int_equal(config_load(scratch->path, &config, &errors), -EISDIR);
        assert_int_equal(errors.n_refusals, 1);
}

/* A text with everything that inih alone would change without a message. Through our reader and inih each value arrives
 * as it was written. */
static void test_inih_behind_the_loader(void **state)
{
        static const char file[] = X199_COMMENT "GOVERNOR=powersave\n"
                                                "APPLY=\"always\"\n"
                                                "  DRIFT=report\n"
                                                "MAX_CSTATE=\\\n"
                                                "C1\n"
                                                "[cpus 0,2,4,6,8,10,12,14,16,18,20,22,24,26,28,30,32,34,36,38,40,42]\n"
                                                "\tMAX_CSTATE='20us'\n";
        _cleanup_config_faults_ ConfigFaults errors = {};
        _cleanup_config_ Config config = {};

        assert_int_equal(config_parse("F", file, sizeof(file) - 1, &config, &errors), 0);
        assert_int_equal(errors.n, 0);
        assert_int_equal(config.apply, APPLY_ALWAYS);
        assert_int_equal(config.drift, DRIFT_REPORT);
        assert_int_equal(config.policy.n_rules, 3);
        assert_false(config.policy.rules[1].has[POLICY_GOVERNOR]);
        assert_string_equal(config.policy.rules[1].idle.name, "C1");
        assert_int_equal(cpuset_count(&config.policy.rules[2].cpus), 22);
        assert_int_equal(config.policy.rules[2].idle.latency_usec, 20);
        assert_int_equal(config.policy.rules[2].lines[POLICY_MAX_CSTATE], 7);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_inih_traps, scratch_setup, scratch_teardown),
                cmocka_unit_test_setup_teardown(test_inih_cuts_long_values, scratch_setup, scratch_teardown),
                cmocka_unit_test_setup_teardown(test_inih_directory, scratch_setup, scratch_teardown),
                cmocka_unit_test(test_inih_behind_the_loader),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
