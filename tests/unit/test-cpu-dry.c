/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "host/cpu.h"

/* Two policies, the second one offline, and one CPU with two idle states. */
typedef struct Fake {
        unsigned n_reads;
        unsigned n_writes;
        bool gone;
} Fake;

static const KnobId governor = { .knob = KNOB_SCALING_GOVERNOR, .id = 0 };
static const KnobId max_freq = { .knob = KNOB_SCALING_MAX_FREQ, .id = 0 };
static const KnobId offline = { .knob = KNOB_SCALING_GOVERNOR, .id = 1 };
static const KnobId deep = { .knob = KNOB_DISABLE, .id = 0, .state = 1 };

static int fake_enumerate(void *userdata, Snapshot *ret)
{
        Fake *fake = userdata;
        Snapshot snapshot = { .n_policies = 2, .n_cpus = 1 };

        if (fake->gone)
                return -ENOENT;
        snapshot.policies = calloc(2, sizeof(FreqDomain));
        snapshot.cpus = calloc(1, sizeof(CpuState));
        strcpy(snapshot.policies[0].governor, "ondemand");
        snapshot.policies[0].max_khz = 3000000;
        snapshot.policies[1].id = 1;
        snapshot.policies[1].error = -EBUSY;
        snapshot.cpus[0].n_states = 2;
        snapshot.cpus[0].states = calloc(2, sizeof(IdleState));
        snapshot.cpus[0].states[1].index = 1;
        *ret = snapshot;
        return 0;
}

static int fake_read(void *userdata, const KnobId *id, char buffer[static KNOB_VALUE_SIZE])
{
        Fake *fake = userdata;
        Snapshot snapshot = { 0 };
        int r;

        fake->n_reads++;
        r = fake_enumerate(fake, &snapshot);
        if (r == 0)
                r = snapshot_get(&snapshot, id, buffer);
        snapshot_done(&snapshot);
        return r;
}

static int fake_write(void *userdata, const KnobId *id, unsigned cpu, const char *value)
{
        ((Fake *)userdata)->n_writes++;
        return 0;
}

static const CpuOps fake_ops = { fake_enumerate, fake_read, fake_write };

static void test_dry_remembers_and_does_nothing(void **state)
{
        Fake fake = { 0 };
        _cleanup_(cpu_dry_freep) CpuDry *dry = cpu_dry_new(&fake_ops, &fake);
        char value[KNOB_VALUE_SIZE] = "";
        unsigned n_reads;

        assert_non_null(dry);
        assert_int_equal(cpu_dry_ops.read(dry, &governor, value), 0);
        assert_string_equal(value, "ondemand");
        assert_int_equal(cpu_dry_ops.write(dry, &governor, 0, "performance"), 0);
        n_reads = fake.n_reads;
        assert_int_equal(cpu_dry_ops.read(dry, &governor, value), 0);
        assert_string_equal(value, "performance");
        assert_int_equal(cpu_dry_ops.write(dry, &governor, 0, "powersave"), 0);
        assert_int_equal(cpu_dry_ops.read(dry, &governor, value), 0);
        assert_string_equal(value, "powersave");
        assert_int_equal(fake.n_reads, n_reads);
        assert_int_equal(cpu_dry_ops.read(dry, &max_freq, value), 0);
        assert_string_equal(value, "3000000");
        assert_int_equal(fake.n_writes, 0);
}

static void test_dry_overlays_what_it_enumerates(void **state)
{
        Fake fake = { 0 };
        _cleanup_(cpu_dry_freep) CpuDry *dry = cpu_dry_new(&fake_ops, &fake);
        _cleanup_snapshot_ Snapshot snapshot = { 0 };

        assert_int_equal(cpu_dry_ops.write(dry, &deep, 0, "1"), 0);
        assert_int_equal(cpu_dry_ops.write(dry, &max_freq, 0, "2000000"), 0);
        assert_int_equal(cpu_dry_ops.write(dry, &governor, 0, "performance"), 0);
        assert_int_equal(cpu_dry_ops.enumerate(dry, &snapshot), 0);
        assert_int_equal(snapshot.n_policies, 2);
        assert_string_equal(snapshot.policies[0].governor, "performance");
        assert_int_equal(snapshot.policies[0].max_khz, 2000000);
        assert_int_equal(snapshot.policies[1].error, -EBUSY);
        assert_false(snapshot.cpus[0].states[0].disabled);
        assert_true(snapshot.cpus[0].states[1].disabled);
}

static void test_dry_refuses_as_the_kernel_would(void **state)
{
        const KnobId missing = { .knob = KNOB_DISABLE, .id = 0, .state = 2 };
        Fake fake = { 0 };
        _cleanup_(cpu_dry_freep) CpuDry *dry = cpu_dry_new(&fake_ops, &fake);
        Snapshot snapshot = { .n_cpus = 42 };
        char value[KNOB_VALUE_SIZE];

        assert_int_equal(cpu_dry_ops.write(dry, &offline, 1, "performance"), -EBUSY);
        assert_int_equal(cpu_dry_ops.write(dry, &missing, 0, "1"), -ENOENT);
        assert_int_equal(cpu_dry_ops.write(dry, &governor, 0, ""), -EINVAL);
        assert_int_equal(cpu_dry_ops.write(dry, &max_freq, 0, "fast"), -EINVAL);
        assert_int_equal(cpu_dry_ops.read(dry, &offline, value), -EBUSY);
        fake.gone = true;
        assert_int_equal(cpu_dry_ops.enumerate(dry, &snapshot), -ENOENT);
        assert_int_equal(snapshot.n_cpus, 42);
}

/* Any number of knobs, in an order that hits both ends and the middle of the table. */
static int many_read(void *userdata, const KnobId *id, char buffer[static KNOB_VALUE_SIZE])
{
        strcpy(buffer, "0");
        return 0;
}

static void test_dry_keeps_many_apart(void **state)
{
        static const CpuOps many_ops = { fake_enumerate, many_read, fake_write };
        _cleanup_(cpu_dry_freep) CpuDry *dry = cpu_dry_new(&many_ops, NULL);
        const unsigned n = 16384;
        char value[KNOB_VALUE_SIZE], expected[KNOB_VALUE_SIZE];

        for (unsigned i = 0; i < n; i++) {
                KnobId id = { .knob = KNOB_SCALING_MAX_FREQ, .id = i * 7919 % n };

                snprintf(value, sizeof(value), "%u", id.id);
                assert_int_equal(cpu_dry_ops.write(dry, &id, 0, value), 0);
        }
        for (unsigned i = 0; i < n; i++) {
                KnobId id = { .knob = KNOB_SCALING_MAX_FREQ, .id = i };

                snprintf(expected, sizeof(expected), "%u", i);
                assert_int_equal(cpu_dry_ops.read(dry, &id, value), 0);
                assert_string_equal(value, expected);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_dry_remembers_and_does_nothing),
                cmocka_unit_test(test_dry_overlays_what_it_enumerates),
                cmocka_unit_test(test_dry_refuses_as_the_kernel_would),
                cmocka_unit_test(test_dry_keeps_many_apart),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
