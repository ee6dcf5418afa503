/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/macro.h"
#include "model/snapshot.h"

/* CPU numbers with gaps, as on a host from which CPUs were removed. The arrays are static, so snapshot_done() is not
 * called. */
static void fill(Snapshot *ret)
{
        static FreqDomain domains[3];
        static IdleState states[3];
        static CpuState cpus[2];

        domains[0] = (FreqDomain) { .id = 0, .governor = "ondemand", .min_khz = 800000, .max_khz = 2600000 };
        domains[1] = (FreqDomain) { .id = 4, .governor = "userspace", .setspeed_khz = 1400000 };
        domains[2] = (FreqDomain) { .id = 9, .error = -EBUSY };
        states[0] = (IdleState) { .index = 0, .name = "POLL" };
        states[1] = (IdleState) { .index = 1, .name = "C1", .latency_usec = 2 };
        states[2] = (IdleState) { .index = 3, .name = "C3", .latency_usec = UINT64_MAX, .error = -EIO };
        cpus[0] = (CpuState) { .id = 2, .online = true, .states = states, .n_states = 3 };
        cpus[1] = (CpuState) { .id = 5 };
        *ret = (Snapshot) { .domains = domains, .n_domains = 3, .cpus = cpus, .n_cpus = 2 };
}

static void test_snapshot_find(void **state)
{
        Snapshot s, none = {};

        fill(&s);
        assert_ptr_equal(snapshot_find_domain(&s, 0), &s.domains[0]);
        assert_ptr_equal(snapshot_find_domain(&s, 4), &s.domains[1]);
        assert_ptr_equal(snapshot_find_domain(&s, 9), &s.domains[2]);
        assert_null(snapshot_find_domain(&s, 1));
        assert_null(snapshot_find_domain(&none, 0));
        assert_ptr_equal(snapshot_find_cpu(&s, 5), &s.cpus[1]);
        assert_null(snapshot_find_cpu(&s, 3));
        assert_null(snapshot_find_cpu(&none, 0));
        assert_ptr_equal(snapshot_find_state(&s, 2, 3), &s.cpus[0].states[2]);
        assert_null(snapshot_find_state(&s, 2, 2));
        assert_null(snapshot_find_state(&s, 5, 0));
        assert_null(snapshot_find_state(&s, 3, 0));
}

static void test_snapshot_get_and_set(void **state)
{
        static const struct {
                KnobId id;
                const char *was;
                int get;
                const char *to;
                int set;
        } rows[] = {
                { { .knob = KNOB_SCALING_GOVERNOR, .id = 0 }, "ondemand", 0, "performance", 0 },
                { { .knob = KNOB_SCALING_GOVERNOR, .id = 0 }, NULL, 0, "sixteencharacter", -EINVAL },
                { { .knob = KNOB_SCALING_MIN_FREQ, .id = 0 }, "800000", 0, "1400000", 0 },
                { { .knob = KNOB_SCALING_MAX_FREQ, .id = 0 }, "2600000", 0, "2000000", 0 },
                { { .knob = KNOB_SCALING_MAX_FREQ, .id = 0 }, NULL, 0, "2GHz", -EINVAL },
                { { .knob = KNOB_SCALING_SETSPEED, .id = 4 }, "1400000", 0, "800000", 0 },
                { { .knob = KNOB_SCALING_GOVERNOR, .id = 9 }, "", -EBUSY, "performance", 0 },
                { { .knob = KNOB_SCALING_MIN_FREQ, .id = 1 }, NULL, -ENOENT, "1", -ENOENT },
                { { .knob = KNOB_DISABLE, .id = 2, .state = 1 }, "0", 0, "1", 0 },
                { { .knob = KNOB_DISABLE, .id = 2, .state = 1 }, NULL, 0, "yes", -EINVAL },
                { { .knob = KNOB_DISABLE, .id = 2, .state = 2 }, NULL, -ENOENT, "1", -ENOENT },
        };

        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                char value[KNOB_VALUE_SIZE] = "";
                Snapshot s;

                fill(&s);
                assert_int_equal(snapshot_get(&s, &rows[i].id, value), rows[i].get);
                if (rows[i].was)
                        assert_string_equal(value, rows[i].was);
                assert_int_equal(snapshot_set(&s, &rows[i].id, rows[i].to), rows[i].set);
                if (rows[i].set == 0) {
                        (void)snapshot_get(&s, &rows[i].id, value);
                        assert_string_equal(value, rows[i].to);
                }
        }
}

/* A state that could not be read is read successfully after a write. */
static void test_snapshot_set_heals_a_state(void **state)
{
        KnobId id = { .knob = KNOB_DISABLE, .id = 2, .state = 3 };
        char value[KNOB_VALUE_SIZE];
        Snapshot s;

        fill(&s);
        assert_int_equal(snapshot_get(&s, &id, value), -EIO);
        assert_int_equal(snapshot_set(&s, &id, "1"), 0);
        assert_int_equal(snapshot_get(&s, &id, value), 0);
        assert_string_equal(value, "1");
}

static void test_cpu_shallowest_state(void **state)
{
        IdleState states[] = {
                { .index = 0, .name = "POLL", .latency_usec = 0 },
                { .index = 1, .name = "C3", .latency_usec = 100 },
                { .index = 2, .name = "C1", .latency_usec = 2 },
                { .index = 3, .name = "C1E", .latency_usec = 2 },
        };
        CpuState cpu = { .states = states, .n_states = ARRAY_SIZE(states) };

        /* Of two states with the same latency, the kernel's order decides. */
        assert_ptr_equal(cpu_shallowest_state(&cpu), &states[2]);
        cpu.n_states = 1;
        assert_null(cpu_shallowest_state(&cpu));
        cpu.n_states = 0;
        assert_null(cpu_shallowest_state(&cpu));
        assert_true(idle_state_is_poll(&states[0]));
        assert_false(idle_state_is_poll(&states[1]));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_snapshot_find),
                cmocka_unit_test(test_snapshot_get_and_set),
                cmocka_unit_test(test_snapshot_set_heals_a_state),
                cmocka_unit_test(test_cpu_shallowest_state),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
