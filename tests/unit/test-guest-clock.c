/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/macro.h"
#include "check/guest-clock.h"

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

static void test_chrony_next_refclock(void **state)
{
        const char *text = "pool x iburst\nrefclock PHC /dev/ptp_kvm poll 2\n\trefClock phc  /dev/ptp0:extpps\nrefclock SHM 0\n"
                           "refclocks PHC /dev/a\n#refclock PHC /dev/b\n! refclock PHC /dev/c\nrefclock PHC\nrefclock PHC /dev/ptp1";
        static const char *const wanted[] = { "/dev/ptp_kvm", "/dev/ptp0", "/dev/ptp1" };
        char device[CHRONY_DEVICE_SIZE], longest[300] = "refclock PHC /";

        for (size_t i = 0; i < ARRAY_SIZE(wanted); i++) {
                assert_true(chrony_next_refclock(&text, device));
                assert_string_equal(device, wanted[i]);
        }
        assert_false(chrony_next_refclock(&text, device));
        /* Cut, it would be another. */
        memset(longest + 14, 'x', sizeof(longest) - 15);
        text = longest;
        assert_false(chrony_next_refclock(&text, device));
        assert_string_equal(device, "/dev/ptp1");
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
                cmocka_unit_test(test_chrony_find_confdir),   cmocka_unit_test(test_chrony_next_refclock),
                cmocka_unit_test(test_guest_explain_modprobe),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
