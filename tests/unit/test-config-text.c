/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "host/config/config-text.h"

static void decode(const char *data, size_t size, ConfigFaults *faults, ConfigText *text)
{
        /* The copy has no NUL at its end: AddressSanitizer reports when the reader goes too far. */
        char *exact = size > 0 ? malloc(size) : strdup("");

        memcpy(exact, data, size);
        assert_int_equal(config_text_decode(exact, size, faults, text), 0);
        free(exact);
}

/* What systemd 252's load_env_file() makes of the same text, one assignment each. */
static void test_text_reads_values_as_systemd(void **state)
{
        static const struct {
                const char *text, *value;
        } cases[] = {
                { "A=v", "v" },
                { "A=v\n", "v" },
                { "A=v\r\n", "v" },
                { "A=v\r", "v" },
                { "A=", "" },
                { "A=\n", "" },
                { "A=\"\"", "" },
                { "  A=1", "1" },
                { "\tA = 3 ", "3" },
                { "A =  a b  \t\n", "a b" },
                { "A=v # c", "v # c" },
                { "A=v;c", "v;c" },
                { "A=\"x y\"", "x y" },
                { "A=\"a ; b\"", "a ; b" },
                { "A=' a '", " a " },
                { "A=\"a\" \"b\"", "ab" },
                { "A=\"a\"'b'", "ab" },
                { "A=\"a\"  \n", "a" },
                { "A=a\"b\"", "a\"b\"" },
                { "A=it's", "it's" },
                { "A=a\\\nb", "ab" },
                { "A=a \\\n  b", "a   b" },
                { "A=\\\n\"x\"", "\"x\"" },
                { "A=\\ \\ ", "  " },
                { "A=a\\ b\\\\", "a b\\" },
                { "A=a\\", "a" },
                { "A=a \\", "a " },
                { "A=\"m\nn\"", "m\nn" },
                { "A='m\nn'", "m\nn" },
                { "A=\"m\\\nn\"", "mn" },
                { "A='m\\\nn'", "m\\\nn" },
                { "A=\"q\\\"u\\$t\\n\\`\\\\\"", "q\"u$t\\n`\\" },
                { "A='q\\\"'", "q\\\"" },
                { "A=\"m\\\r\nn\"", "m\\\r\nn" },
                { "A=$B", "$B" },
                { "A==b", "=b" },
                { "A=\"#\"", "#" },
                { "A=#", "#" },
                { "# c\n;d\n\n \t\r\n  # e\nA=1", "1" },
        };

        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                _cleanup_config_faults_ ConfigFaults faults = {};
                _cleanup_config_text_ ConfigText text = {};

                print_message("<<%s>>\n", cases[i].text);
                decode(cases[i].text, strlen(cases[i].text), &faults, &text);
                assert_int_equal(faults.n_refusals, 0);
                assert_int_equal(text.n, 1);
                assert_string_equal(text.items[0].key, "A");
                assert_string_equal(text.items[0].text, cases[i].value);
        }
}

/* Each bad line is line 2 of three. A quote that never ends takes line 3 with it. */
static void test_text_refuses(void **state)
{
        static const struct {
                const char *text, *fault;
                unsigned n_items;
        } cases[] = {
                { "noval", "no '=' in 'noval'; write KEY=value, and # before a comment", 2 },
                { "A: x", "':' before '=' in 'A: x'; write KEY=value", 2 },
                { "A:b=x", "':' before '=' in 'A:b'; write KEY=value", 2 },
                { "export A=1", "'export' is not needed; begin the line with A=", 2 },
                { "export\t A", "'export' is not needed; begin the line with A=", 2 },
                { "=x", "no key before '='; write KEY=value", 2 },
                { "A B=1", "'A B' is not a key; keys are made of letters, digits and _", 2 },
                { "A-B=\"x\ny\"", "'A-B' is not a key; keys are made of letters, digits and _", 2 },
                { "A=\"x", "the quote opened here is never closed; end the value with \"", 1 },
                { "A='x\"", "the quote opened here is never closed; end the value with '", 1 },
                { "A=\"x\\", "the quote opened here is never closed; end the value with \"", 1 },
                { "A=\"v\" # c",
                  "text behind the closing quote; quote the whole value, put a comment on a line of its own", 2 },
                { "A=\"v\"x\\\ny",
                  "text behind the closing quote; quote the whole value, put a comment on a line of its own", 2 },
                { "A=\"v\nB=\"C1\"",
                  "the quote opened here closes on line 3 and text follows it there; "
                  "close it where the value ends",
                  2 },
                { "[cpus 0", "'[' without ']'; write a section as [cpus 0-3]", 3 },
                { "[cpus 0] # c", "text behind ']'; put a comment on a line of its own", 3 },
        };

        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                _cleanup_config_faults_ ConfigFaults faults = {};
                _cleanup_config_text_ ConfigText text = {};
                _cleanup_free_ char *file = NULL;
                size_t n = 0;

                print_message("<<%s>>\n", cases[i].text);
                assert_true(asprintf(&file, "X=1\n%s\nZ=2\n", cases[i].text) > 0);
                decode(file, strlen(file), &faults, &text);
                assert_int_equal(faults.n_refusals, 1);
                assert_int_equal(faults.entries[0].line, 2);
                assert_string_equal(faults.entries[0].text, cases[i].fault);
                /* A wrong assignment keeps its key and loses its value. */
                for (size_t j = 0; j < text.n; j++)
                        n += text.items[j].text || !text.items[j].key;
                assert_int_equal(n, cases[i].n_items);
                if (n > 1)
                        assert_string_equal(text.items[text.n - 1].key, "Z");
        }
}

static void test_text_refuses_what_is_no_text(void **state)
{
        static const char nul[] = "A=1\nB=\0002\nC=3\n";
        _cleanup_config_faults_ ConfigFaults first = {}, second = {}, third = {}, fourth = {};
        _cleanup_config_text_ ConfigText text = {}, empty = {}, marked = {}, wide = {};
        _cleanup_free_ char *big = malloc(CONFIG_TEXT_MAX + 1);

        decode(nul, sizeof(nul) - 1, &first, &empty);
        assert_int_equal(first.n_refusals, 1);
        assert_int_equal(first.entries[0].line, 2);
        assert_int_equal(empty.n, 0);

        memset(big, '\n', CONFIG_TEXT_MAX + 1);
        decode(big, CONFIG_TEXT_MAX, &second, &text);
        assert_int_equal(second.n_refusals, 0);
        decode(big, CONFIG_TEXT_MAX + 1, &second, &text);
        assert_int_equal(second.n_refusals, 1);
        assert_string_equal(second.entries[0].text, "longer than 1 MiB; this cannot be the right file");

        decode("\xef\xbb\xbf# c\nA=1\n", 11, &third, &marked);
        assert_int_equal(third.n_refusals, 1);
        assert_string_equal(third.entries[0].text, "begins with a byte order mark; save the file without it");
        assert_int_equal(marked.n, 1);

        memset(big, '#', CONFIG_TEXT_MAX);
        big[0] = big[CONFIG_TEXT_LINE_MAX] = big[2 * CONFIG_TEXT_LINE_MAX + 1] = '\n';
        decode(big, 2 * CONFIG_TEXT_LINE_MAX + 2, &fourth, &wide);
        assert_int_equal(fourth.n_refusals, 1);
        assert_int_equal(fourth.entries[0].line, 3);
        assert_string_equal(fourth.entries[0].text, "longer than 64 KiB; break the line");
}

/* systemd 252 took the next line as part of the comment; 254 reads it as tscwarden does. */
static void test_text_comment_ends_at_its_line(void **state)
{
        _cleanup_config_faults_ ConfigFaults faults = {};
        _cleanup_config_text_ ConfigText text = {};

        decode("# c \\\nA=1\n", 10, &faults, &text);
        assert_int_equal(text.n, 1);
        assert_string_equal(text.items[0].text, "1");
}

static void test_text_lines_and_scopes(void **state)
{
        static const char file[] = "A=1\n\nB=\"x\ny\"\r\n# c\n [ cpus 0 ] \nC=a\\\nb\n[]\n[cpus 1\nD=1";
        static const struct {
                unsigned line, scope;
                const char *key, *text;
        } expected[] = {
                { 1, 0, "A", "1" }, { 3, 0, "B", "x\ny" }, { 6, 1, NULL, " cpus 0 " }, { 7, 1, "C", "ab" },
                { 9, 2, NULL, "" }, { 10, 3, NULL, NULL }, { 11, 3, "D", "1" },
        };
        _cleanup_config_faults_ ConfigFaults faults = {};
        _cleanup_config_text_ ConfigText text = {};

        decode(file, sizeof(file) - 1, &faults, &text);
        assert_int_equal(text.n, ARRAY_SIZE(expected));
        assert_int_equal(text.n_scopes, 3);
        for (size_t i = 0; i < text.n; i++) {
                assert_int_equal(text.items[i].line, expected[i].line);
                assert_int_equal(text.items[i].scope, expected[i].scope);
                assert_int_equal(text.items[i].key == NULL, expected[i].key == NULL);
                if (expected[i].key)
                        assert_string_equal(text.items[i].key, expected[i].key);
                assert_int_equal(text.items[i].text == NULL, expected[i].text == NULL);
                if (expected[i].text)
                        assert_string_equal(text.items[i].text, expected[i].text);
        }
}

static void test_text_feeds_indices(void **state)
{
        _cleanup_config_faults_ ConfigFaults faults = {};
        _cleanup_config_text_ ConfigText text = {};
        char file[1000], buffer[200];

        memset(file, 'K', 500);
        strcpy(file + 500, "=v\n[x]\nA=1");
        decode(file, strlen(file), &faults, &text);
        assert_ptr_equal(config_text_read(buffer, sizeof(buffer), &text), buffer);
        assert_string_equal(buffer, "KKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKK=0\n");
        assert_non_null(config_text_read(buffer, sizeof(buffer), &text));
        assert_string_equal(buffer, "[1]\n");
        assert_non_null(config_text_read(buffer, sizeof(buffer), &text));
        assert_string_equal(buffer, "A=2\n");
        assert_null(config_text_read(buffer, sizeof(buffer), &text));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_text_reads_values_as_systemd),
                cmocka_unit_test(test_text_refuses),
                cmocka_unit_test(test_text_refuses_what_is_no_text),
                cmocka_unit_test(test_text_comment_ends_at_its_line),
                cmocka_unit_test(test_text_lines_and_scopes),
                cmocka_unit_test(test_text_feeds_indices),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
