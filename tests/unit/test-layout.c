/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The table of distributions: what is there decides the row.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "check/layout.h"

/* The files and units of the simulated machine, each between blanks. */
static const char *there;

static bool exists(const char *path)
{
        const char *at = strstr(there, path);

        return at && at[-1] == ' ' && at[strlen(path)] == ' ';
}

static void test_layout_rows(void **state)
{
        for (LayoutFamily family = 0; family < LAYOUT_MAX_; family++) {
                assert_non_null(layouts[family].settings);
                assert_non_null(layouts[family].chrony_config);
                assert_non_null(layouts[family].chrony_folder);
                assert_non_null(layouts[family].chrony_service);
                assert_non_null(layouts[family].grub_config);
                assert_non_null(layouts[family].grub_mkconfig);
        }
}

static void test_layout_find_settings(void **state)
{
        there = " /etc/default ";
        assert_string_equal(layout_find_settings(exists)->settings, "/etc/default");
        there = " /etc/default /etc/sysconfig ";
        assert_string_equal(layout_find_settings(exists)->settings, "/etc/sysconfig");
        there = " /etc/default /etc/conf.d ";
        assert_string_equal(layout_find_settings(exists)->settings, "/etc/conf.d");
        there = " ";
        assert_string_equal(layout_find_settings(exists)->settings, "/etc/default");
}

static void test_layout_find_chrony(void **state)
{
        there = " /etc/chrony.conf /etc/chrony/chrony.conf ";
        assert_string_equal(layout_find_chrony(exists)->chrony_config, "/etc/chrony/chrony.conf");
        there = " /etc/chrony.conf ";
        assert_string_equal(layout_find_chrony(exists)->chrony_config, "/etc/chrony.conf");
        assert_string_equal(layout_find_chrony(exists)->chrony_folder, "/etc/chrony.d");
        there = " /etc/chrony ";
        assert_null(layout_find_chrony(exists));
}

static void test_layout_chrony_service(void **state)
{
        static const struct {
                const char *config, *units, *service;
        } cases[] = {
                /* Debian, with and without the alias; Fedora and SUSE. */
                { "/etc/chrony/chrony.conf", " chrony.service chronyd.service ", "chrony" },
                { "/etc/chrony/chrony.conf", " chrony.service ", "chrony" },
                { "/etc/chrony.conf", " chronyd.service ", "chronyd" },
                /* Flatcar has Debian's path and Fedora's unit name. */
                { "/etc/chrony/chrony.conf", " chronyd.service ", "chronyd" },
                /* chronyd was started with another file: NixOS, and Debian with -f. */
                { "/nix/store/x-chrony.conf", " chronyd.service ", "chronyd" },
                { "/etc/my.conf", " chrony.service chronyd.service ", "chrony" },
                /* systemd has neither unit. */
                { "/etc/chrony/chrony.conf", " ", "chrony" },
                { "/etc/chrony.conf", " ", "chronyd" },
                { NULL, " ", "chronyd" },
        };

        for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
                there = cases[i].units;
                assert_string_equal(layout_chrony_service(cases[i].config, exists), cases[i].service);
        }
}

int main(void)
{
        static const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_layout_rows),
                cmocka_unit_test(test_layout_find_settings),
                cmocka_unit_test(test_layout_find_chrony),
                cmocka_unit_test(test_layout_chrony_service),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
