/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/macro.h"
#include "host/dmi.h"
#include "scratch.h"

static void assert_dmi(int dirfd, const char *board, const char *bios)
{
        _cleanup_free_ char *got_board = NULL, *got_bios = NULL;

        assert_int_equal(dmi_read_at(dirfd, &got_board, &got_bios), 0);
        assert_string_equal(got_board ? got_board : "none", board);
        assert_string_equal(got_bios ? got_bios : "none", bios);
}

static void test_dmi_says_what_there_is(void **state)
{
        const Scratch *scratch = *state;

        assert_dmi(scratch->fd, "none", "none");
        assert_dmi(-1, "none", "none");
        assert_int_equal(scratch_write(scratch, "board_name", "H8DMU+\n", 7), 0);
        assert_int_equal(scratch_write(scratch, "bios_date", "08/01/2007\n", 11), 0);
        assert_dmi(scratch->fd, "H8DMU+", "08/01/2007");
        assert_int_equal(scratch_write(scratch, "board_vendor", "Supermicro\n", 11), 0);
        assert_int_equal(scratch_write(scratch, "bios_version", "2.0b   \n", 8), 0);
        assert_dmi(scratch->fd, "Supermicro H8DMU+", "2.0b (08/01/2007)");
        assert_int_equal(scratch_write(scratch, "bios_date", "\n", 1), 0);
        assert_int_equal(scratch_write(scratch, "board_name", " \n", 2), 0);
        assert_dmi(scratch->fd, "Supermicro", "2.0b");
}

static void test_dmi_of_this_host(void **state)
{
        _cleanup_free_ char *board = NULL, *bios = NULL;

        assert_int_equal(dmi_read(&board, &bios), 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_dmi_says_what_there_is, scratch_setup, scratch_teardown),
                cmocka_unit_test(test_dmi_of_this_host),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
