/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "host/originals.h"
#include "host/runtime.h"
#include "scratch.h"

static const KnobId governor = { .knob = KNOB_SCALING_GOVERNOR, .id = 4 };
static const KnobId disable = { .knob = KNOB_DISABLE, .id = 12, .state = 3 };

static void test_originals_of_this_boot_come_back(void **state)
{
        const Scratch *scratch = *state;
        _cleanup_originals_ Originals saved = {}, loaded = {};
        struct stat st;

        assert_int_equal(originals_add(&saved, &governor, "schedutil"), 1);
        assert_int_equal(originals_add(&saved, &disable, "0"), 1);
        assert_int_equal(host_originals_save(scratch->fd, &saved), 0);
        assert_int_equal(fstatat(scratch->fd, "originals", &st, AT_SYMLINK_NOFOLLOW), 0);
        assert_int_equal(st.st_mode, S_IFREG | 0600);

        assert_int_equal(host_originals_load(scratch->fd, &loaded), 1);
        assert_int_equal(loaded.n, 2);
        assert_string_equal(originals_get(&loaded, &governor), "schedutil");
        assert_string_equal(originals_get(&loaded, &disable), "0");
}

static void test_originals_name_the_boot_as_the_kernel_does(void **state)
{
        const Scratch *scratch = *state;
        _cleanup_originals_ Originals saved = {};
        _cleanup_free_ char *text = NULL;
        char boot_id[37] = "", expected[128];
        size_t size;
        FILE *file = fopen("/proc/sys/kernel/random/boot_id", "re");

        assert_non_null(file);
        assert_int_equal(fread(boot_id, 1, 36, file), 36);
        fclose(file);
        assert_int_equal(originals_add(&saved, &governor, "ondemand"), 1);
        assert_int_equal(host_originals_save(scratch->fd, &saved), 0);
        assert_int_equal(runtime_read_file(scratch->fd, "originals", 1024, &text, &size), 0);
        snprintf(expected, sizeof(expected), "tscwarden-originals 1 %s\ncpufreq/policy4/scaling_governor\tondemand\n",
                 boot_id);
        assert_string_equal(text, expected);
}

static void test_no_originals(void **state)
{
        const Scratch *scratch = *state;
        _cleanup_originals_ Originals originals = {}, one = {};

        assert_int_equal(host_originals_load(scratch->fd, &originals), 0);
        assert_int_equal(originals.n, 0);
        assert_int_equal(host_originals_save(scratch->fd, &originals), 0);

        assert_int_equal(originals_add(&one, &governor, "ondemand"), 1);
        assert_int_equal(host_originals_save(scratch->fd, &one), 0);
        assert_int_equal(host_originals_save(scratch->fd, &originals), 0);
        assert_int_equal(faccessat(scratch->fd, "originals", F_OK, 0), -1);
}

static void test_originals_of_another_boot_are_removed(void **state)
{
        static const char text[] = "tscwarden-originals 1 00000000-0000-4000-8000-000000000000\n"
                                   "cpufreq/policy4/scaling_governor\tondemand\n";
        const Scratch *scratch = *state;
        _cleanup_originals_ Originals originals = {};

        assert_int_equal(scratch_write(scratch, "originals", text, strlen(text)), 0);
        assert_int_equal(host_originals_load(scratch->fd, &originals), 0);
        assert_int_equal(originals.n, 0);
        assert_int_equal(faccessat(scratch->fd, "originals", F_OK, 0), -1);
}

static void test_originals_that_are_none_stay(void **state)
{
        static const char *const texts[] = { "", "garbage\n", "tscwarden-originals 2 x\n", "tscwarden-originals 1 x" };
        const Scratch *scratch = *state;

        for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
                Originals originals = { .n = 42 };

                assert_int_equal(scratch_write(scratch, "originals", texts[i], strlen(texts[i])), 0);
                assert_int_equal(host_originals_load(scratch->fd, &originals), -EBADMSG);
                assert_int_equal(originals.n, 42);
                assert_int_equal(faccessat(scratch->fd, "originals", F_OK, 0), 0);
        }
        unlinkat(scratch->fd, "originals", 0);
        assert_int_equal(symlinkat("/etc/passwd", scratch->fd, "originals"), 0);
        assert_int_equal(host_originals_load(scratch->fd, &(Originals) {}), -ELOOP);
}

#define scratch_test(f) cmocka_unit_test_setup_teardown(f, scratch_setup, scratch_teardown)

int main(void)
{
        const struct CMUnitTest tests[] = {
                scratch_test(test_originals_of_this_boot_come_back),
                scratch_test(test_originals_name_the_boot_as_the_kernel_does),
                scratch_test(test_no_originals),
                scratch_test(test_originals_of_another_boot_are_removed),
                scratch_test(test_originals_that_are_none_stay),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
