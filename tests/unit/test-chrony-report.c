/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/macro.h"
#include "check/chrony-report.h"

/* As chrony 4.3 printed them. */
#define SYNCHRONIZED                                                                                           \
        "7F000001,127.0.0.1,4,1795364193.646043139,-0.000001303,0.000000002,0.000000669,-0.019,0.000,0.169,0." \
        "000006090,"                                                                                           \
        "0.000001241,0.3,Normal\n"
#define SOURCE "^,*,127.0.0.1,3,-2,377,0,0.000000116,0.000000118,0.000003080\n"
#define NTPDATA(tx, rx)                                                                                            \
        "127.0.0.1,7F000001,11123,127.0.0.1,7F000001,Normal,4,Server,3,-2,0,-26,0.000000015,0.000000,0.000000,"    \
        "7F7F0101,,"                                                                                               \
        "1795364187.219774825,-0.000004806,0.000016132,0.000000035,0.001391316,0.39,111,111,1101,No,No," tx "," rx \
        ",26,26,26,24\n"

static void test_a_synchronized_daemon(void **state)
{
        ChronyReport report;

        chrony_parse(SYNCHRONIZED SOURCE NTPDATA("Kernel", "Kernel"), &report);
        assert_true(report.tracked && report.normal);
        assert_string_equal(report.refid, "7F000001");
        assert_string_equal(report.name, "127.0.0.1");
        assert_int_equal(report.stratum, 4);
        assert_true(report.reference_sec > 1795364193.6 && report.reference_sec < 1795364193.7);
        assert_true(report.correction_sec > -0.0000014 && report.correction_sec < -0.0000013);
        assert_true(report.root_delay_sec > 6.0e-6 && report.root_delay_sec < 6.1e-6);
        assert_true(report.root_dispersion_sec > 1.2e-6 && report.root_dispersion_sec < 1.3e-6);
        /* chronyc tracking printed "0.019 ppm slow" at that moment. */
        assert_true(report.frequency_ppm == -0.019 && report.residual_ppm == 0 && report.skew_ppm == 0.169);
        assert_true(report.interval_sec > 0.29 && report.interval_sec < 0.31);
        assert_int_equal(report.n_sources, 1);
        assert_int_equal(report.sources[0].reach, 0377);
        assert_ptr_equal(chrony_selected(&report), &report.sources[0]);
        assert_true(report.stamps_known && !report.hardware_stamps);
        assert_string_equal(report.complaint, "");
}

static void test_refclock_by_name(void **state)
{
        ChronyReport report;

        chrony_parse("^,+,127.0.0.1,3,-2,377,0,-0.000000476,-0.000000476,0.000000950\n"
                     "#,-,PHC0,0,2,17,6,0.0,0.0,0.0\n#,*,KVM,0,-2,17,6,0.0,0.0,0.0\n",
                     &report);
        assert_int_equal(chrony_find_refclock(&report, "PHC0")->state, '-');
        assert_int_equal(chrony_find_refclock(&report, "KVM")->state, '*');
        assert_int_equal(chrony_find_refclock(&report, "KVM")->poll, -2);
        assert_int_equal(chrony_find_refclock(&report, "PHC0")->poll, 2);
        assert_null(chrony_find_refclock(&report, "127.0.0.1"));
        assert_null(chrony_find_refclock(&report, "PHC1"));
}

static void test_other_states(void **state)
{
        ChronyReport report;

        chrony_parse("00000000,,0,0.000000000,0.000000000,0.000000000,0.000000000,0.000,0.000,0.000,1.000000000,1."
                     "000000000,0.0,"
                     "Not synchronised\n",
                     &report);
        assert_true(report.tracked && !report.normal);
        chrony_parse("7F7F0101,,3,1795345275.963587881,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,Normal\n", &report);
        assert_true(report.tracked && report.normal);
        assert_string_equal(report.refid, CHRONY_REFID_LOCAL);
        chrony_parse(
                "#,*,PHC0,0,2,17,6,0.000000156,0.000000466,0.000000059\n^,?,10.0.0.1,0,6,0,4294967295,0.0,0.0,0.0\n",
                &report);
        assert_int_equal(report.n_sources, 2);
        assert_int_equal(report.sources[0].mode, '#');
        assert_int_equal(report.sources[0].reach, 017);
        assert_string_equal(report.sources[0].name, "PHC0");
        assert_false(report.tracked);
        chrony_parse(NTPDATA("Hardware", "Hardware") NTPDATA("Kernel", "Kernel"), &report);
        assert_true(report.stamps_known && report.hardware_stamps);
        chrony_parse(NTPDATA("Hardware", "Kernel"), &report);
        assert_false(report.hardware_stamps);
        chrony_parse("506 Cannot talk to daemon\n501 Not authorised\n", &report);
        assert_string_equal(report.complaint, "506 Cannot talk to daemon");
}

/* A reply in any other format counts as no answer. */
static void test_broken_lines(void **state)
{
        static const char *const lines[] = {
                "",
                "\n\n",
                "7F000001,127.0.0.1,4,now,0,0,0,0,0,0,0,0,0,Normal",
                "7F000001,127.0.0.1,4,1,nan,0,0,0,0,0,0,0,0,Normal",
                "7F000001,127.0.0.1,4,1,0,0,0,0,0,0,0,inf,0,Normal",
                "7F000001,127.0.0.1,-4,1,0,0,0,0,0,0,0,0,0,Normal",
                "7F000001,127.0.0.1,4,1,0,0,0,0,0,0,0,0,0",
                "^,!,127.0.0.1,3,-2,377,0,0,0,0",
                "$,*,127.0.0.1,3,-2,377,0,0,0,0",
                ",,127.0.0.1,3,-2,377,0,0,0,0",
                "^,*,127.0.0.1,3,-2,378,0,0,0,0",
                "^,*,127.0.0.1,3,-2,-1,0,0,0,0",
                "^,*,127.0.0.1,3,-2,400,0,0,0,0",
                "^,*,127.0.0.1,3,-2,377,0,0,x,0",
                ",,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,",
        };

        for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
                ChronyReport report;

                chrony_parse(lines[i], &report);
                if (report.tracked || report.n_sources || report.stamps_known)
                        fail_msg("%s", lines[i]);
        }
}

static void test_more_sources_than_are_kept(void **state)
{
        char text[CHRONY_SOURCES_MAX * 2 * sizeof(SOURCE)] = "";
        ChronyReport report;

        for (unsigned i = 0; i < CHRONY_SOURCES_MAX * 2; i++)
                strcat(text, SOURCE);
        chrony_parse(text, &report);
        assert_int_equal(report.n_sources, CHRONY_SOURCES_MAX);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_a_synchronized_daemon),
                cmocka_unit_test(test_refclock_by_name),
                cmocka_unit_test(test_other_states),
                cmocka_unit_test(test_broken_lines),
                cmocka_unit_test(test_more_sources_than_are_kept),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
