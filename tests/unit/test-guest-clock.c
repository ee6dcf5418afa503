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
                { GUEST_REFCLOCK, true,
                  "\nrefclock PHC /dev/ptp_kvm poll 2\n# A guest falls behind whenever it is resumed.\nmakestep 1 -1\n" },
                { GUEST_DROP_IN, true, "\n[Unit]\nWants=dev-ptp_kvm.device\nAfter=dev-ptp_kvm.device\n" },
                { GUEST_DROP_IN, false,
                  "\n[Unit]\nWants=systemd-udev-settle.service\nAfter=systemd-udev-settle.service\n" },
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

static void test_phc_kind(void **state)
{
        static const struct {
                const char *name;
                bool network;
                PhcKind wanted;
        } cases[] = {
                { "KVM virtual PTP", false, PHC_KVM }, { "hyperv", false, PHC_HYPERV },
                { "ena-ptp-05", true, PHC_ENA },       { "vmclock0", false, PHC_VMCLOCK },
                { "ptp_vmw", false, PHC_VMWARE },      { "Virtio PTP type 0/variant 0", false, PHC_VIRTIO },
                { "ice", true, PHC_NETWORK },          { "000000000000", false, PHC_UNKNOWN },
        };

        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                assert_int_equal(phc_kind_of(cases[i].name, cases[i].network), cases[i].wanted);
                assert_int_equal(phc_kind_is_of_host(cases[i].wanted), cases[i].wanted > PHC_NETWORK);
        }
}

static void test_guest_explain_modprobe(void **state)
{
        assert_non_null(
                strstr(guest_explain_modprobe("modprobe: ERROR: could not insert 'ptp_kvm': Operation not supported\n"),
                       "clocksource is not tsc"));
        assert_non_null(strstr(guest_explain_modprobe("modprobe: ERROR: could not insert 'ptp_kvm': No such device\n"),
                               "clocksource is not tsc"));
        assert_non_null(strstr(
                guest_explain_modprobe("modprobe: FATAL: Module ptp_kvm not found in directory /lib/modules/6.1\n"),
                "no module ptp_kvm"));
        assert_string_equal(guest_explain_modprobe("modprobe: ERROR: could not insert 'ptp_kvm': Key was rejected\n"),
                            "");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_guest_file_format),
                cmocka_unit_test(test_guest_file_judge),
                cmocka_unit_test(test_phc_kind),
                cmocka_unit_test(test_guest_explain_modprobe),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
