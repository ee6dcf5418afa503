/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/macro.h"
#include "model/guest-clock.h"

static void test_guest_file_format(void **state)
{
        static const struct {
                GuestFileKind kind;
                bool unit;
                const char *wanted;
        } cases[] = {
                { GUEST_MODULES, true, "\nptp_kvm\n" },
                { GUEST_REFCLOCK, true, "\nrefclock PHC /dev/ptp_kvm poll 2\n" },
                { GUEST_DROP_IN, true, "\n[Unit]\nWants=dev-ptp_kvm.device\nAfter=dev-ptp_kvm.device\n" },
                { GUEST_DROP_IN, false, "\n[Unit]\nWants=systemd-udev-settle.service\nAfter=systemd-udev-settle.service\n" },
        };

        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                _cleanup_free_ char *text = guest_file_format(cases[i].kind, "/dev/ptp_kvm", cases[i].unit);

                assert_int_equal(*text, '#');
                assert_string_equal(strchr(text, '\n'), cases[i].wanted);
                assert_int_equal(guest_file_judge(text, text), GUEST_FILE_SAME);
        }
}

static void test_guest_file_judge(void **state)
{
        _cleanup_free_ char *one = guest_file_format(GUEST_REFCLOCK, "/dev/ptp0", true);
        _cleanup_free_ char *other = guest_file_format(GUEST_REFCLOCK, "/dev/ptp_kvm", true);

        assert_int_equal(guest_file_judge(NULL, one), GUEST_FILE_MISSING);
        assert_int_equal(guest_file_judge(other, one), GUEST_FILE_OTHER);
        assert_int_equal(guest_file_judge("refclock PHC /dev/ptp0 poll 2\n", one), GUEST_FILE_FOREIGN);
        assert_int_equal(guest_file_judge("", one), GUEST_FILE_FOREIGN);
}

static void test_guest_text_loads(void **state)
{
        assert_true(guest_text_loads("# ptp_kvm\nptp_kvm\n", "ptp_kvm"));
        assert_true(guest_text_loads("  ptp_kvm", "ptp_kvm"));
        assert_false(guest_text_loads("#ptp_kvm\nptp_kvm2\nxptp_kvm\n", "ptp_kvm"));
        assert_false(guest_text_loads("", "ptp_kvm"));
}

static void test_chrony_find_confdir(void **state)
{
        static const struct {
                const char *text, *wanted;
        } cases[] = {
                { "confdir /etc/chrony/conf.d\n", "/etc/chrony/conf.d" },
                { "# confdir /a\n! confdir /b\nConfDir /c /d\npool x\n", "/c" },
                { "confdir /a\nconfdir /b", "/b" },
                { "confdir\nconfdirs /x\nsourcedir /run/chrony-dhcp\n", NULL },
                { "", NULL },
        };

        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                _cleanup_free_ char *found = NULL;

                assert_int_equal(chrony_find_confdir(cases[i].text, &found), 0);
                if (cases[i].wanted)
                        assert_string_equal(found, cases[i].wanted);
                else
                        assert_null(found);
        }
}

static void test_chrony_has_refclock(void **state)
{
        assert_true(chrony_has_refclock("pool x iburst\nrefclock PHC /dev/ptp_kvm poll 2\n", "/dev/ptp_kvm"));
        assert_true(chrony_has_refclock("refclock phc /dev/ptp0:extpps", "/dev/ptp0"));
        assert_false(chrony_has_refclock("refclock PHC /dev/ptp01 poll 2\n", "/dev/ptp0"));
        assert_false(chrony_has_refclock("refclock SHM 0\n#refclock PHC /dev/ptp0\n", "/dev/ptp0"));
}

static void test_chrony_selected_phc(void **state)
{
        assert_true(chrony_selected_phc("^,+,127.0.0.1,3,-2,377,0,-0.000000476,-0.000000476,0.000000950\n"
                                        "#,*,PHC0,0,2,17,6,0.000000156,0.000000466,0.000000059\n"));
        assert_false(chrony_selected_phc("#,?,PHC0,0,2,0,4294967295,0.0,0.0,0.0\n^,*,127.0.0.1,3,-2,377,0,0,0,0\n"));
        assert_false(chrony_selected_phc("506 Cannot talk to daemon\n"));
}

static void test_guest_explain_modprobe(void **state)
{
        assert_non_null(strstr(guest_explain_modprobe("modprobe: ERROR: could not insert 'ptp_kvm': Operation not supported\n"),
                               "clocksource is not tsc"));
        assert_non_null(strstr(guest_explain_modprobe("modprobe: ERROR: could not insert 'ptp_kvm': No such device\n"),
                               "clocksource is not tsc"));
        assert_non_null(strstr(guest_explain_modprobe("modprobe: FATAL: Module ptp_kvm not found in directory /lib/modules/6.1\n"),
                               "no module ptp_kvm"));
        assert_string_equal(guest_explain_modprobe("modprobe: ERROR: could not insert 'ptp_kvm': Key was rejected\n"), "");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_guest_file_format),     cmocka_unit_test(test_guest_file_judge),
                cmocka_unit_test(test_guest_text_loads),      cmocka_unit_test(test_chrony_find_confdir),
                cmocka_unit_test(test_chrony_has_refclock),   cmocka_unit_test(test_chrony_selected_phc),
                cmocka_unit_test(test_guest_explain_modprobe),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
