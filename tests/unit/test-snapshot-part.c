/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "fake-host.h"
#include "model/snapshot-part.h"

/* Two domains of two CPUs each, all of it known; `part` is CPU 2. */
typedef struct Test {
        FakeHost host;
        Snapshot whole, read;
        SnapshotPart part;
} Test;

static int setup(void **state)
{
        static Test t;
        CpuSet cpus = {};

        t = (Test) {};
        fake_host_init(&t.host, 2, 2, "ondemand", 1400000);
        assert_int_equal(fake_host_ops.enumerate(&t.host, &t.whole), 0);
        assert_int_equal(cpuset_add(&cpus, 2), 0);
        assert_int_equal(snapshot_part_of(&t.whole, &cpus, &t.part), 0);
        cpuset_done(&cpus);
        *state = &t;
        return 0;
}

static int teardown(void **state)
{
        Test *t = *state;

        snapshot_done(&t->whole);
        snapshot_done(&t->read);
        snapshot_part_done(&t->part);
        fake_host_done(&t->host);
        return 0;
}

static int read_and_merge(Test *t)
{
        assert_int_equal(fake_host_ops.read_part(&t->host, &t->part, &t->read), 0);
        return snapshot_merge(&t->whole, &t->part, &t->read);
}

static void test_part_has(void **state)
{
        Test *t = *state;

        assert_true(snapshot_part_has(&t->part, &(KnobId) { .knob = KNOB_SCALING_GOVERNOR, .id = 2 }));
        assert_false(snapshot_part_has(&t->part, &(KnobId) { .knob = KNOB_SCALING_GOVERNOR, .id = 0 }));
        assert_true(snapshot_part_has(&t->part, &(KnobId) { .knob = KNOB_DISABLE, .id = 2, .state = 1 }));
        assert_false(snapshot_part_has(&t->part, &(KnobId) { .knob = KNOB_DISABLE, .id = 3, .state = 1 }));
}

/* The part and its domain have the new values, the rest has the known ones. The merged snapshot owns its texts. */
static void test_merge_takes_the_part_only(void **state)
{
        Test *t = *state;

        strcpy(t->host.real.domains[0].governor, "powersave");
        strcpy(t->host.real.domains[1].governor, "performance");
        t->host.real.cpus[2].online = false;
        t->host.real.cpus[2].states[2].disabled = t->host.real.cpus[3].states[2].disabled = true;
        assert_int_equal(read_and_merge(t), 1);
        snapshot_done(&t->read);
        assert_int_equal(t->whole.n_domains, 2);
        assert_int_equal(t->whole.n_cpus, 4);
        assert_string_equal(t->whole.domains[0].governor, "ondemand");
        assert_string_equal(t->whole.domains[1].governor, "performance");
        assert_string_equal(t->whole.domains[1].governors, "performance schedutil");
        assert_true(cpuset_has(&t->whole.domains[1].related, 3));
        assert_false(t->whole.cpus[2].online);
        assert_true(t->whole.cpus[2].states[2].disabled);
        assert_string_equal(t->whole.cpus[2].states[2].name, "C2");
        assert_false(t->whole.cpus[3].states[2].disabled);
}

/* A CPU that was never online had no frequency domain. */
static void test_merge_adds_a_policy(void **state)
{
        Test *t = *state;

        t->host.real.n_domains = 1;
        snapshot_done(&t->whole);
        assert_int_equal(fake_host_ops.enumerate(&t->host, &t->whole), 0);
        assert_int_equal(t->whole.n_domains, 1);
        t->host.real.n_domains = 2;
        assert_int_equal(read_and_merge(t), 1);
        assert_int_equal(t->whole.n_domains, 2);
        assert_int_equal(t->whole.domains[0].id, 0);
        assert_int_equal(t->whole.domains[1].id, 2);
}

static void test_merge_refuses_what_is_gone(void **state)
{
        Test *t = *state;

        t->host.real.n_domains = 1;
        assert_int_equal(read_and_merge(t), 0);
        snapshot_done(&t->read);
        t->host.real.n_domains = 2;
        t->host.real.n_cpus = 2;
        assert_int_equal(read_and_merge(t), 0);
        snapshot_done(&t->read);
        t->host.real.n_cpus = 4;
        /* A CPU that was not known has no place either. */
        free(t->whole.cpus[3].states);
        free(t->whole.cpus[2].states);
        t->whole.n_cpus = 2;
        assert_int_equal(read_and_merge(t), 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_part_has, setup, teardown),
                cmocka_unit_test_setup_teardown(test_merge_takes_the_part_only, setup, teardown),
                cmocka_unit_test_setup_teardown(test_merge_adds_a_policy, setup, teardown),
                cmocka_unit_test_setup_teardown(test_merge_refuses_what_is_gone, setup, teardown),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
