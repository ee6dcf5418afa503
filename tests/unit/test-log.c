/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/log.h"

static void test_text_escape(void **state)
{
        static const struct {
                const char *text, *escaped;
        } rows[] = {
                { "", "" },
                { "plain, with 'quotes' and ~", "plain, with 'quotes' and ~" },
                { "\t\r\n\x1b[31m\x7f\x01", "\\x09\\x0d\\x0a\\x1b[31m\\x7f\\x01" },
                { "a\\x41", "a\\x5cx41" },
                /* First and last character of two, three and four bytes, and the neighbours of the surrogates. */
                { "\xc2\xa0\xdf\xbf", "\xc2\xa0\xdf\xbf" },
                { "\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbd",
                  "\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbd" },
                { "\xf0\x90\x80\x80\xf4\x8f\xbf\xbd", "\xf0\x90\x80\x80\xf4\x8f\xbf\xbd" },
                /* Noncharacters, which sd-bus refuses: U+FFFF, U+FDD0, U+10FFFF. */
                { "\xef\xbf\xbf\xef\xb7\x90", "\\xef\\xbf\\xbf\\xef\\xb7\\x90" },
                { "\xf4\x8f\xbf\xbf", "\\xf4\\x8f\\xbf\\xbf" },
                /* Right-to-left override, zero-width space, line separator, a byte order mark, a tag. */
                { "\xe2\x80\xaegp.exe", "\\xe2\\x80\\xaegp.exe" },
                { "a\xe2\x80\x8b\xe2\x80\xa8z", "a\\xe2\\x80\\x8b\\xe2\\x80\\xa8z" },
                { "\xef\xbb\xbf\xf3\xa0\x81\x81", "\\xef\\xbb\\xbf\\xf3\\xa0\\x81\\x81" },
                /* C1 control characters: valid UTF-8, but a terminal may obey them. */
                { "\xc2\x80\xc2\x9b\xc2\x9f", "\\xc2\\x80\\xc2\\x9b\\xc2\\x9f" },
                { "\x80\x9b\xff\xfe", "\\x80\\x9b\\xff\\xfe" },
                /* Overlong encodings. */
                { "\xc0\x80", "\\xc0\\x80" },
                { "\xc1\xbf", "\\xc1\\xbf" },
                { "\xe0\x9f\xbf", "\\xe0\\x9f\\xbf" },
                { "\xf0\x8f\xbf\xbf", "\\xf0\\x8f\\xbf\\xbf" },
                /* Surrogates, and characters beyond U+10FFFF. */
                { "\xed\xa0\x80\xed\xbf\xbf", "\\xed\\xa0\\x80\\xed\\xbf\\xbf" },
                { "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80" },
                { "\xf5\x80\x80\x80", "\\xf5\\x80\\x80\\x80" },
                /* Characters cut short, at the end and before more text. */
                { "\xc3", "\\xc3" },
                { "\xe2\x82", "\\xe2\\x82" },
                { "\xf0\x9f\x98", "\\xf0\\x9f\\x98" },
                { "\xe2\x82z\xc3\xa9", "\\xe2\\x82z\xc3\xa9" },
        };

        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                _cleanup_free_ char *escaped = text_escape(rows[i].text);

                assert_string_equal(escaped, rows[i].escaped);
        }
}

/* Between these two calls stderr is a file. */
typedef struct Capture {
        int file, saved;
} Capture;

static void capture_begin(Capture *capture)
{
        fflush(stderr);
        capture->file = memfd_create("stderr", MFD_CLOEXEC);
        capture->saved = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
        assert_true(capture->file >= 0 && capture->saved >= 0);
        assert_int_equal(dup2(capture->file, STDERR_FILENO), STDERR_FILENO);
}

static void capture_end(Capture *capture, const char *expected)
{
        char text[1024] = "";

        fflush(stderr);
        assert_int_equal(dup2(capture->saved, STDERR_FILENO), STDERR_FILENO);
        assert_true(pread(capture->file, text, sizeof(text) - 1, 0) >= 0);
        close(capture->file);
        close(capture->saved);
        assert_string_equal(text, expected);
}

static void test_log_message_lets_no_control_character_out(void **state)
{
        Capture capture;

        capture_begin(&capture);
        log_message(LOG_ERR, "%s", "\x1b]0;owned\x07 two\nlines \xc2\x9b \xff \\x1b");
        log_event(LOG_WARNING, "9fe5e0de0ec34204b133ceaaa069635a", (const char *[]) { "TSCWARDEN_KNOB=x", NULL }, "%s",
                  "a\rb");
        capture_end(&capture, "tscwardend: error: \\x1b]0;owned\\x07 two\\x0alines \\xc2\\x9b \\xff \\x1b\n"
                              "tscwardend: warning: a\\x0db\n");
}

static void test_log_levels(void **state)
{
        Capture capture;

        assert_int_equal(log_get_max_level(), LOG_INFO);
        capture_begin(&capture);
        log_message(LOG_DEBUG, "not heard");
        log_message(LOG_INFO, "info");
        log_message(LOG_NOTICE, "notice");
        log_message(LOG_CRIT, "critical");
        log_set_max_level(LOG_DEBUG);
        log_message(LOG_DEBUG, "heard");
        log_set_max_level(LOG_ERR);
        log_message(LOG_WARNING, "not heard");
        log_set_max_level(LOG_INFO);
        capture_end(&capture,
                    "tscwardend: info\ntscwardend: notice\ntscwardend: error: critical\ntscwardend: debug: heard\n");
}

static void test_log_error_errno(void **state)
{
        Capture capture;
        int r;

        capture_begin(&capture);
        r = log_error_errno(-ENOENT, "Cannot read %s", "x\n");
        capture_end(&capture, "tscwardend: error: Cannot read x\\x0a: No such file or directory\n");
        assert_int_equal(r, -ENOENT);
}

/* JOURNAL_STREAM names another stream, as after a redirection, or is malformed: messages go to stderr. */
static void test_log_init_believes_its_own_stderr(void **state)
{
        static const char *const streams[] = { "1:1", "x", "", "1:" };

        for (size_t i = 0; i < ARRAY_SIZE(streams); i++) {
                Capture capture;

                assert_int_equal(setenv("JOURNAL_STREAM", streams[i], 1), 0);
                log_init();
                capture_begin(&capture);
                log_message(LOG_INFO, "here");
                capture_end(&capture, "tscwardend: here\n");
        }
        unsetenv("JOURNAL_STREAM");
        log_init();
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_text_escape),
                cmocka_unit_test(test_log_message_lets_no_control_character_out),
                cmocka_unit_test(test_log_levels),
                cmocka_unit_test(test_log_error_errno),
                cmocka_unit_test(test_log_init_believes_its_own_stderr),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
