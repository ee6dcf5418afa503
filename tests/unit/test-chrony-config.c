/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/macro.h"
#include "check/chrony-config.h"

static void test_chrony_line_judge(void **state)
{
        static const struct {
                const char *line;
                ChronyWord word;
                const char *rest;
        } cases[] = {
                { "confdir /run/chrony.d /etc/chrony/conf.d", CHRONY_CONFDIR, "/run/chrony.d /etc/chrony/conf.d" },
                { " \tInclude  /etc/chrony.d/*.conf", CHRONY_INCLUDE, "/etc/chrony.d/*.conf" },
                { "RefClock PHC /dev/ptp0", CHRONY_REFCLOCK, "PHC /dev/ptp0" },
                { "makestep 1 -1", CHRONY_MAKESTEP, "1 -1" },
                { "confdirs /x", CHRONY_NOTHING, NULL },
                { "sourcedir /run/chrony-dhcp", CHRONY_SOURCEDIR, "/run/chrony-dhcp" },
                { "# confdir /a", CHRONY_NOTHING, NULL },
                { "! refclock PHC /dev/ptp0", CHRONY_NOTHING, NULL },
                { "", CHRONY_NOTHING, NULL },
        };

        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                const char *rest = NULL;

                assert_int_equal(chrony_line_judge(cases[i].line, &rest), cases[i].word);
                if (cases[i].rest)
                        assert_string_equal(rest, cases[i].rest);
                else
                        assert_null(rest);
        }
        assert_true(chrony_makestep_is_endless("1 -1"));
        assert_true(chrony_makestep_is_endless("0.1\t-1"));
        assert_false(chrony_makestep_is_endless("1.0 3"));
        assert_false(chrony_makestep_is_endless("1"));
}

static void test_chrony_refclock_parse(void **state)
{
        static const struct {
                const char *rest;
                unsigned index;
                ChronyRefclock wanted;
        } cases[] = {
                { "PHC /dev/ptp_kvm poll 2", 0, { .name = "PHC0", .device = "/dev/ptp_kvm" } },
                { "phc /dev/ptp0:extpps:pin=1 refid KVM tai",
                  3,
                  { .name = "KVM", .device = "/dev/ptp0", .tai = true } },
                { "PHC eth0 optional", 1, { .name = "PHC1", .device = "eth0", .optional = true } },
                { "SHM 0 refid GPS", 0, { .name = "GPS" } },
                { "PHC /dev/ptp1 refid LONGER", 12, { .name = "LONG", .device = "/dev/ptp1" } },
                { "PHC /dev/ptp1", 12, { .name = "PHB2", .device = "/dev/ptp1" } },
        };
        ChronyRefclock clock;

        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                assert_true(chrony_refclock_parse(cases[i].rest, cases[i].index, &clock));
                assert_string_equal(clock.name, cases[i].wanted.name);
                assert_string_equal(clock.device, cases[i].wanted.device);
                assert_int_equal(clock.tai, cases[i].wanted.tai);
                assert_int_equal(clock.optional, cases[i].wanted.optional);
        }
        assert_false(chrony_refclock_parse("PHC", 0, &clock));
        assert_false(chrony_refclock_parse("", 0, &clock));
}

static void test_chrony_next_refclock(void **state)
{
        const char *text =
                "pool x iburst\nrefclock PHC /dev/ptp_kvm poll 2\n\trefClock phc  /dev/ptp0:extpps\nrefclock SHM 0\n"
                "refclocks PHC /dev/a\n#refclock PHC /dev/b\n! refclock PHC /dev/c\nrefclock PHC\nrefclock PHC /dev/ptp1";
        static const char *const wanted[] = { "/dev/ptp_kvm", "/dev/ptp0", "/dev/ptp1" };
        char device[CHRONY_DEVICE_SIZE], longest[300] = "refclock PHC /";

        for (size_t i = 0; i < ARRAY_SIZE(wanted); i++) {
                assert_true(chrony_next_refclock(&text, device));
                assert_string_equal(device, wanted[i]);
        }
        assert_false(chrony_next_refclock(&text, device));
        /* A path that is too long is refused: cut short it would name another device. */
        memset(longest + 14, 'x', sizeof(longest) - 15);
        text = longest;
        assert_false(chrony_next_refclock(&text, device));
        assert_string_equal(device, "/dev/ptp1");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_chrony_line_judge),
                cmocka_unit_test(test_chrony_refclock_parse),
                cmocka_unit_test(test_chrony_next_refclock),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
