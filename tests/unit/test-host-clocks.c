/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/macro.h"
#include "model/host-clocks.h"

static const struct {
        const char *what;
        HostClocks clocks;
        HostClocksVerdict verdict;
} rows[] = {
        { "alike", { { 1, 0.003 }, { 1, 0.004 }, true, 0.002, 0.001 }, HOST_CLOCKS_AGREE },
        { "at the bounds", { { 1, 0.25 }, { 1, 0.5 }, true, 1.0, 0.25 }, HOST_CLOCKS_AGREE },
        { "beyond", { { 1, 0.25 }, { 1, 0.5 }, true, 1.125, 0.25 }, HOST_CLOCKS_APART },
        { "behind", { { 1, 0.25 }, { 1, 0.5 }, true, -1.125, 0.25 }, HOST_CLOCKS_APART },
        { "nobody here", { { 0, -1 }, { 1, 0.5 }, true, 0, 0.25 }, HOST_CLOCKS_WRONG_HERE },
        { "nobody there", { { 1, 0.5 }, { 0, -1 }, true, 0, 0.25 }, HOST_CLOCKS_WRONG_THERE },
        { "nobody there, and nothing is known here", { { -1, -1 }, { 0, -1 }, false, 0, 0 }, HOST_CLOCKS_WRONG_THERE },
        { "not known here", { { -1, 0.5 }, { 1, 0.5 }, true, 0, 0.25 }, HOST_CLOCKS_UNKNOWN },
        { "not known there", { { 1, 0.5 }, { -1, 0.5 }, true, 0, 0.25 }, HOST_CLOCKS_UNKNOWN },
        { "no bound here", { { 1, -1 }, { 1, 0.5 }, true, 0, 0.25 }, HOST_CLOCKS_UNKNOWN },
        { "no bound there", { { 1, 0.5 }, { 1, -1 }, true, 9, 0.25 }, HOST_CLOCKS_UNKNOWN },
        { "not compared", { { 1, 0.5 }, { 1, 0.5 }, false, 0, 0 }, HOST_CLOCKS_UNKNOWN },
};

static void test_host_clocks_judge(void **state)
{
        for (unsigned i = 0; i < ARRAY_SIZE(rows); i++)
                if (host_clocks_judge(&rows[i].clocks) != rows[i].verdict)
                        fail_msg("%s: %d", rows[i].what, host_clocks_judge(&rows[i].clocks));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_host_clocks_judge),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
