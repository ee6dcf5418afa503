/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/macro.h"
#include "check/ntp-report.h"

static void test_answers(void **state)
{
        static const struct {
                const char *text;
                bool answered, local;
                unsigned leap, stratum;
                const char *refid;
        } cases[] = {
                /* ntpsec 1.2.2 */
                { "leap=11, stratum=16, rootdelay=0.0, rootdisp=0.03, refid=INIT,\n"
                  "reftime=00000000.00000000 2036-02-07T06:28:16.000Z, offset=0.0,",
                  true, false, 3, 16, "INIT" },
                { "leap=00, stratum=2, refid=192.0.2.1,\nreftime=eca9b1f2.8f3c1d2e 2025-10-27", true, false, 0, 2,
                  "192.0.2.1" },
                { "leap=01, stratum=6, refid=127.127.1.0", true, true, 1, 6, "127.127.1.0" },
                { "leap=00, stratum=6, refid=LOCL", true, true, 0, 6, "LOCL" },
                { "***Socket error; probably ntpd is not running\n", false, false, 0, 0, "" },
                { "***Request timed out\n", false, false, 0, 0, "" },
                { "", false, false, 0, 0, "" },
                { "leap=, stratum=2", false, false, 0, 2, "" },
                { "leap=00, stratum=x", false, false, 0, 0, "" },
                { "noleap=00, mystratum=1", false, false, 0, 0, "" },
        };

        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                NtpReport report;

                ntp_parse(cases[i].text, &report);
                if (report.answered != cases[i].answered || report.leap != cases[i].leap ||
                    report.stratum != cases[i].stratum || ntp_is_local(&report) != cases[i].local)
                        fail_msg("%s", cases[i].text);
                assert_string_equal(report.refid, cases[i].refid);
        }
}

static void test_numbers(void **state)
{
        NtpReport report;

        ntp_parse("leap=00, stratum=2, reftime=eca7e2ff.80000000 2025-10-26T, offset=-1.5, rootdelay=12.0, "
                  "rootdisp=7.25,\r\ntc=6, frequency=-34.021, clk_wander=0.003",
                  &report);
        /* 0xeca7e2ff is 3970425599 seconds after 1900. */
        assert_true(report.reference_sec == 3970425599.0 - 2208988800.0);
        assert_true(report.offset_sec == -0.0015 && report.root_delay_sec == 0.012 &&
                    report.root_dispersion_sec == 0.00725);
        assert_true(report.interval_sec == 64);
        assert_true(report.frequency_known && report.frequency_ppm == -34.021 && report.wander_ppm == 0.003);
        ntp_parse("leap=00, stratum=2, tc=99, offset=nan, reftime=zz", &report);
        assert_true(!report.frequency_known && report.wander_ppm == 0);
        assert_true(report.interval_sec == 1024 && report.offset_sec == 0 && report.reference_sec == 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_answers),
                cmocka_unit_test(test_numbers),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
