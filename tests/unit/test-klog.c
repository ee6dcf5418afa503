/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/macro.h"
#include "host/klog.h"

#define BYTES(text) text, sizeof(text) - 1

/* Writes each line to `lines` as "USEC TEXT|". */
static const struct {
        const char *log;
        size_t size;
        const char *lines;
} cases[] = {
        { BYTES("<6>[    0.000000] one\n<4>[12345.678901] two\n"), "0 one|12345678901 two|" },
        { BYTES("<6>[   12.345678][    T1] caller\n<6>[   12.345678][   C12] caller\n"),
          "12345678 caller|12345678 caller|" },
        { BYTES("<6>[    T1] no time\n<6>no time\n<6>\n"), "0 no time|0 no time|0 |" },
        { BYTES("<4>[   12.345678] [Firmware Bug]: TSC ADJUST\n"), "12345678 [Firmware Bug]: TSC ADJUST|" },
        { BYTES("<4>[Firmware Bug]: TSC ADJUST\n"), "0 [Firmware Bug]: TSC ADJUST|" },
        { BYTES("<6>[   12.345678]   indented\n"), "12345678   indented|" },
        { BYTES("<6>[   12.345678] [    1.000000] quoted\n"), "12345678 [    1.000000] quoted|" },
        /* Further lines of a record repeat its prefix. With the time 0 or without a time they cannot be told from new
           records. */
        { BYTES("<4>[   12.345678] EXT4-fs: option \"x\n<4>[   12.345678] tsc: Marking TSC unstable\n<4>[   12.345679] next\n"),
          "12345678 EXT4-fs: option \"x|12345679 next|" },
        { BYTES("<4>[   12.345678][    T1] one\n<4>[   12.345678][    T1] further\n<4>[   12.345678][    T1] further\n"),
          "12345678 one|" },
        { BYTES("<4>[   12.345678] one\n<6>[   12.345678] another level\n"), "12345678 one|12345678 another level|" },
        { BYTES("<6>[    0.000000] one\n<6>[    0.000000] two\n<6>three\n<6>four\n"), "0 one|0 two|0 three|0 four|" },
        /* Lines of other programs. */
        { BYTES("<12>[    1.000000] user\n<30>[    1.000000] daemon\n<8>[    1.000000] user\n<7>x\n"), "0 x|" },
        /* A further line without a prefix, and the second half of a line that READ_ALL cut. */
        { BYTES("tsc: Marking TSC unstable\n <6>x\n<6>[    1.000000] y"), "1000000 y|" },
        { BYTES("<6\n<>x\n<-1>x\n<x>y\n<06>z\n<+6>x\n< 6>x\n"), "0 z|" },
        { BYTES("<6>[1.0] a\n<6>[1.0000000] b\n<6>[x.000000] c\n<6>[1.000000 d\n<6>[-1.000000] e\n<6>[\n<6>[T] f\n"),
          "0 [1.0] a|0 [1.0000000] b|0 [x.000000] c|0 [1.000000 d|0 [-1.000000] e|0 [|0 [T] f|" },
        { BYTES("<6>[99999999999.999999] a\n<6>[999999999999.999999] b\n"),
          "99999999999999999 a|0 [999999999999.999999] b|" },
        { BYTES("<6>a\0b\n"), "0 a?b|" },
        { BYTES(""), "" },
        { BYTES("\n\n"), "" },
};

static void append_line(uint64_t usec, const char *text, void *userdata)
{
        fprintf(userdata, "%" PRIu64 " %s|", usec, text);
}

static void test_klog_parse(void **state)
{
        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                _cleanup_free_ char *log = malloc(cases[i].size + 1), *lines = NULL;
                size_t size;
                FILE *stream = open_memstream(&lines, &size);

                print_message("%s\n", cases[i].log);
                assert_non_null(log);
                assert_non_null(stream);
                memcpy(log, cases[i].log, cases[i].size);
                klog_parse(log, cases[i].size, append_line, stream);
                fclose(stream);
                assert_string_equal(lines, cases[i].lines);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_klog_parse),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
