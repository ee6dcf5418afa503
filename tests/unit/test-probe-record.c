/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "ctl/probe-record.h"

static void test_record(void **state)
{
        _cleanup_probe_record_ ProbeRecord record = {};

        assert_int_equal(
                probe_record_parse(
                        "{\"Probe\": {\"TimestampUSec\": 1700000000000000, \"Measured\": 4, \"BoundNSec\": 240, "
                        "\"Convicted\": \"1,3\", \"Guest\": true}}",
                        &record),
                0);
        assert_int_equal(record.realtime_usec, 1700000000000000);
        assert_true(record.has_bound);
        assert_int_equal(record.bound_nsec, 240);
        assert_int_equal(record.n_measured, 4);
        assert_int_equal(record.n_convicted, 2);
        assert_string_equal(record.convicted, "1,3");
}

static void test_record_of_one_cpu(void **state)
{
        _cleanup_probe_record_ ProbeRecord record = {};

        assert_int_equal(probe_record_parse("{\"Probe\": {\"TimestampUSec\": 1, \"Measured\": 1, \"BoundNSec\": null, "
                                            "\"Convicted\": \"\", \"Guest\": false}}",
                                            &record),
                         0);
        assert_false(record.has_bound);
        assert_int_equal(record.n_convicted, 0);
}

/* Any content of the file is checked. */
static void test_record_refused(void **state)
{
        static const char *const texts[] = {
                "",
                "{",
                "[]",
                "7",
                "{}",
                "{\"Probe\": 7}",
                "{\"Probe\": {}}",
                "{\"Probe\": {\"TimestampUSec\": \"now\", \"Measured\": 4, \"Convicted\": \"\"}}",
                "{\"Probe\": {\"TimestampUSec\": 1, \"Measured\": -4, \"Convicted\": \"\"}}",
                "{\"Probe\": {\"TimestampUSec\": 1, \"Measured\": 4}}",
                "{\"Probe\": {\"TimestampUSec\": 1, \"Measured\": 4, \"Convicted\": \"\\u001b[31mone\"}}",
        };
        ProbeRecord record = { .n_measured = 77 };

        for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
                if (probe_record_parse(texts[i], &record) != -EBADMSG || record.n_measured != 77)
                        fail_msg("taken: %s", texts[i]);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_record),
                cmocka_unit_test(test_record_of_one_cpu),
                cmocka_unit_test(test_record_refused),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
