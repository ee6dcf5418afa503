/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/macro.h"
#include "host/kmsg.h"

#define BYTES(text) text, sizeof(text) - 1

typedef struct ParseCase {
        const char *record;
        size_t size;
        int r;
        unsigned priority;
        uint64_t sequence, usec;
        const char *text;
} ParseCase;

static const ParseCase parse_cases[] = {
        { BYTES("6,339,5140900,-;NET: Registered protocol family 10\n"), 0, 6, 339, 5140900,
          "NET: Registered protocol family 10" },
        { BYTES("30,340,5690716,-;udevd[80]: starting\n"), 0, 30, 340, 5690716, "udevd[80]: starting" },
        { BYTES("6,1,2,c,caller=T123;text\n"), 0, 6, 1, 2, "text" },
        { BYTES("6,1,2,-,caller=C0,later=x;text\n"), 0, 6, 1, 2, "text" },
        { BYTES("6,1,2,-;PCI host bridge\n SUBSYSTEM=acpi\n DEVICE=+acpi:PNP0A03:00\n"), 0, 6, 1, 2,
          "PCI host bridge" },
        { BYTES("6,1,2,-;semi;colon, and comma\n"), 0, 6, 1, 2, "semi;colon, and comma" },
        { BYTES("6,1,2,-; leading blank\n"), 0, 6, 1, 2, " leading blank" },
        { BYTES("6,1,2,-;\n"), 0, 6, 1, 2, "" },
        { BYTES("6,1,2,-;"), 0, 6, 1, 2, "" },
        { BYTES("6,1,2,-;cut"), 0, 6, 1, 2, "cut" },
        /* Escapes. */
        { BYTES("6,1,2,-;a\\x09b\\x5cx41\\xc3\\xa9\n"), 0, 6, 1, 2, "a\tb\\x41\xc3\xa9" },
        { BYTES("6,1,2,-;first\\x0asecond\n"), 0, 6, 1, 2, "first" },
        { BYTES("6,1,2,-;\\x0atsc: Marking TSC unstable due to x\n"), 0, 6, 1, 2, "" },
        { BYTES("6,1,2,-;a\\x00b\n"), 0, 6, 1, 2, "a?b" },
        { BYTES("6,1,2,-;a\0b\n"), 0, 6, 1, 2, "a?b" },
        { BYTES("6,1,2,-;\\ \\x \\x4 \\xg0 \\X41 \\\n"), 0, 6, 1, 2, "\\ \\x \\x4 \\xg0 \\X41 \\" },
        { BYTES("6,1,2,-;\\x4"), 0, 6, 1, 2, "\\x4" },
        { BYTES("6,1,2,-;\\"), 0, 6, 1, 2, "\\" },
        /* Numbers. */
        { BYTES("4294967295,9223372036854775807,9223372036854775807,-;x\n"), 0, UINT32_MAX, INT64_MAX, INT64_MAX, "x" },
        { .record = BYTES("4294967296,1,2,-;x\n"), .r = -EBADMSG },
        { .record = BYTES("6,9223372036854775808,2,-;x\n"), .r = -EBADMSG },
        { .record = BYTES("6,1,99999999999999999999999999,-;x\n"), .r = -EBADMSG },
        { .record = BYTES("-1,1,2,-;x\n"), .r = -EBADMSG },
        { .record = BYTES("6,+1,2,-;x\n"), .r = -EBADMSG },
        { .record = BYTES("6, 1,2,-;x\n"), .r = -EBADMSG },
        { .record = BYTES("0x6,1,2,-;x\n"), .r = -EBADMSG },
        { .record = BYTES("6,,2,-;x\n"), .r = -EBADMSG },
        /* Incomplete headers. */
        { .record = BYTES(""), .r = -EBADMSG },
        { .record = BYTES("\n"), .r = -EBADMSG },
        { .record = BYTES(";"), .r = -EBADMSG },
        { .record = BYTES("6;x\n"), .r = -EBADMSG },
        { .record = BYTES("6,1;x\n"), .r = -EBADMSG },
        { .record = BYTES("6,1,2;x\n"), .r = -EBADMSG },
        { .record = BYTES("6,1,2,-\n"), .r = -EBADMSG },
        { .record = BYTES("6,1,2,-"), .r = -EBADMSG },
        { .record = BYTES("6,1,2,-\0;x\n"), .r = -EBADMSG },
        { .record = BYTES("\0;x\n"), .r = -EBADMSG },
};

static void test_kmsg_parse(void **state)
{
        for (size_t i = 0; i < ARRAY_SIZE(parse_cases); i++) {
                const ParseCase *c = &parse_cases[i];
                /* The buffer is as long as the text: a sanitizer reports when the parser reads too far. */
                _cleanup_free_ char *buffer = malloc(c->size + 1);
                KmsgRecord record = { .priority = 77, .text = "untouched" };

                print_message("%s\n", c->record);
                assert_non_null(buffer);
                memcpy(buffer, c->record, c->size);
                assert_int_equal(kmsg_parse(buffer, c->size, &record), c->r);
                if (c->r < 0) {
                        assert_int_equal(record.priority, 77);
                        assert_string_equal(record.text, "untouched");
                        continue;
                }
                assert_int_equal(record.priority, c->priority);
                assert_true(record.sequence == c->sequence);
                assert_true(record.usec == c->usec);
                assert_string_equal(record.text, c->text);
        }
}

static void test_kmsg_read_an_end_is_an_error(void **state)
{
        char buffer[KMSG_BUFFER_SIZE];
        KmsgRecord record;
        int fds[2];

        assert_int_equal(pipe(fds), 0);
        assert_int_equal(write(fds[1], "6,1,2,-;x\n", 10), 10);
        close(fds[1]);
        assert_int_equal(kmsg_read(fds[0], buffer, &record), 1);
        assert_string_equal(record.text, "x");
        assert_int_equal(kmsg_read(fds[0], buffer, &record), -EIO);
        close(fds[0]);
        assert_int_equal(kmsg_read(-1, buffer, &record), -EBADF);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_kmsg_parse),
                cmocka_unit_test(test_kmsg_read_an_end_is_an_error),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
