/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "manager/kept-originals.h"
#include "scratch.h"
#include "warden.h"

static FakeHost host;
static Warden warden;
static Snapshot snapshot;

static int setup(void **state)
{
        fake_host_init(&host, 2, 2, "ondemand", 1400000);
        host.tsc_lives = false;
        warden_init(&warden, &host);
        warden_rule(&warden, NULL, "performance", 0, 0, "shallowest");
        warden_plan(&warden, true);
        if (fake_host_ops.enumerate(&host, &snapshot) < 0)
                return -1;
        return scratch_setup(state);
}

static int teardown(void **state)
{
        snapshot_done(&snapshot);
        warden_done(&warden);
        fake_host_done(&host);
        return scratch_teardown(state);
}

static bool has_file(const Scratch *scratch)
{
        return faccessat(scratch->fd, "originals", F_OK, 0) == 0;
}

/* The file exists before the first write, for the next process, and is removed when every value is restored. */
static void test_kept_for_the_next_process(void **state)
{
        const Scratch *scratch = *state;
        const KnobId id = { .knob = KNOB_SCALING_GOVERNOR, .id = 2 };
        KeptOriginals kept = { .runtime_fd = scratch->fd }, later = { .runtime_fd = scratch->fd };
        const Plan nothing = {};

        kept_originals_load(&kept);
        assert_int_equal(kept.values.n, 0);
        assert_int_equal(kept_originals_add(&kept, &warden.plan, &snapshot), 0);
        assert_true(has_file(scratch));
        kept_originals_load(&later);
        assert_int_equal(later.values.n, kept.values.n);
        assert_string_equal(originals_get(&later.values, &id), "ondemand");

        kept_originals_drop(&later, &nothing, &snapshot, /* give_up= */ true, /* reached= */ false);
        assert_int_equal(later.values.n, 0);
        assert_false(has_file(scratch));
        kept_originals_done(&kept);
        kept_originals_done(&later);
}

/* Values that could not be saved are dropped: another program may change them before the next attempt. */
static void test_what_cannot_be_saved_is_forgotten(void **state)
{
        const KnobId before = { .knob = KNOB_SCALING_GOVERNOR, .id = 7 };
        KeptOriginals kept = { .runtime_fd = -1 };

        kept_originals_load(&kept);
        assert_int_equal(originals_add(&kept.values, &before, "schedutil"), 1);
        assert_true(kept_originals_add(&kept, &warden.plan, &snapshot) < 0);
        /* Originals that were saved before stay. */
        assert_int_equal(kept.values.n, 1);
        assert_string_equal(originals_get(&kept.values, &before), "schedutil");
        assert_false(kept.unsaved);
        kept_originals_done(&kept);
}

static void test_a_broken_file_is_not_replaced(void **state)
{
        const Scratch *scratch = *state;
        KeptOriginals kept = { .runtime_fd = scratch->fd };
        const Plan nothing = {};
        char text[16] = "";
        int fd;

        assert_int_equal(scratch_write(scratch, "originals", "nonsense", 8), 0);
        kept_originals_load(&kept);
        assert_true(kept.broken);
        assert_true(kept_originals_add(&kept, &warden.plan, &snapshot) < 0);
        /* A plan without steps is no error. */
        assert_int_equal(kept_originals_add(&kept, &nothing, &snapshot), 0);
        kept_originals_drop(&kept, &nothing, &snapshot, true, true);
        fd = openat(scratch->fd, "originals", O_RDONLY | O_CLOEXEC);
        assert_int_equal(read(fd, text, sizeof(text) - 1), 8);
        assert_string_equal(text, "nonsense");
        close(fd);
        kept_originals_done(&kept);
}

/* Values that the options for the stop have set are not restored afterwards. */
static void test_reached_values_are_let_go(void **state)
{
        const Scratch *scratch = *state;
        KeptOriginals kept = { .runtime_fd = scratch->fd };
        _cleanup_snapshot_ Snapshot after = {};

        assert_int_equal(kept_originals_add(&kept, &warden.plan, &snapshot), 0);
        warden_apply(&warden);
        assert_int_equal(fake_host_ops.enumerate(&host, &after), 0);
        kept_originals_drop(&kept, &warden.plan, &after, false, /* reached= */ false);
        assert_true(kept.values.n > 0);
        kept_originals_drop(&kept, &warden.plan, &after, false, /* reached= */ true);
        assert_int_equal(kept.values.n, 0);
        assert_false(has_file(scratch));
        kept_originals_done(&kept);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_kept_for_the_next_process, setup, teardown),
                cmocka_unit_test_setup_teardown(test_what_cannot_be_saved_is_forgotten, setup, teardown),
                cmocka_unit_test_setup_teardown(test_a_broken_file_is_not_replaced, setup, teardown),
                cmocka_unit_test_setup_teardown(test_reached_values_are_let_go, setup, teardown),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
