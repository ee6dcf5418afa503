/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A host four times as large takes about four times as many comparisons of knobs, not sixteen. The linker puts a
 * function that counts before knob_element_compare().
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "model/knob.h"
#include "model/plan.h"
#include "model/policy.h"
#include "model/snapshot.h"

int __wrap_knob_element_compare(const void *a, const void *b);
int __real_knob_element_compare(const void *a, const void *b);

static unsigned long n_comparisons;

int __wrap_knob_element_compare(const void *a, const void *b)
{
        n_comparisons++;
        return __real_knob_element_compare(a, b);
}

static void make_host(unsigned n_cpus, Snapshot *ret)
{
        static const IdleState states[] = {
                { .index = 0, .name = "POLL", .latency_usec = 0 },
                { .index = 1, .name = "C1", .latency_usec = 2 },
                { .index = 2, .name = "C2", .latency_usec = 75 },
        };

        *ret = (Snapshot) {
                .domains = calloc(n_cpus, sizeof(FreqDomain)),
                .n_domains = n_cpus,
                .cpus = calloc(n_cpus, sizeof(CpuState)),
                .n_cpus = n_cpus,
        };
        assert_true(ret->domains && ret->cpus);
        for (unsigned i = 0; i < n_cpus; i++) {
                ret->domains[i] = (FreqDomain) { .id = i, .governor = "powersave", .max_khz = 2000000 };
                assert_int_equal(cpuset_add(&ret->domains[i].cpus, i), 0);
                ret->cpus[i] = (CpuState) { .id = i, .online = true, .n_states = 3, .states = malloc(sizeof(states)) };
                assert_non_null(ret->cpus[i].states);
                memcpy(ret->cpus[i].states, states, sizeof(states));
        }
}

/* Counts the comparisons of an apply and a restore: of both plans, of saving originals and of dropping them. */
static unsigned long count(unsigned n_cpus)
{
        _cleanup_snapshot_ Snapshot snapshot = {};
        _cleanup_originals_ Originals originals = {};
        _cleanup_policy_ Policy policy = {};
        _cleanup_plan_ Plan plan = {}, back = {};
        PlanInput input = { .snapshot = &snapshot,
                            .policy = &policy,
                            .originals = &originals,
                            .halves.frequency = true,
                            .halves.idle = true };

        make_host(n_cpus, &snapshot);
        assert_int_equal(policy_add_defaults(&policy, true, true), 0);
        n_comparisons = 0;
        assert_int_equal(plan_build(&input, &plan), 0);
        assert_int_equal(plan.n_steps, 2 * n_cpus);
        assert_int_equal(plan_collect_originals(&plan, &snapshot, &originals), 1);
        for (size_t i = 0; i < plan.n_steps; i++)
                assert_int_equal(snapshot_set(&snapshot, &plan.steps[i].id, plan.steps[i].to), 0);
        assert_false(originals_drop_returned(&originals, &plan, &snapshot, false));
        input.halves.frequency = input.halves.idle = false;
        assert_int_equal(plan_build(&input, &back), 0);
        assert_int_equal(back.n_steps, 2 * n_cpus);
        for (size_t i = 0; i < back.n_steps; i++)
                assert_int_equal(snapshot_set(&snapshot, &back.steps[i].id, back.steps[i].to), 0);
        assert_true(originals_drop_returned(&originals, &back, &snapshot, true));
        assert_int_equal(originals.n, 0);
        return n_comparisons;
}

/* Originals are found by binary search: with four times as many, each search takes two steps more. So a little more
 * than four times. */
static void test_comparisons_grow_with_the_host(void **state)
{
        unsigned long few = count(256), many = count(1024);

        print_message("%lu comparisons for 256 CPUs, %lu for 1024\n", few, many);
        assert_true(few > 0);
        assert_true(many < 5 * few);
}

/* Counts the comparisons of a plan for one CPU, and of dropping its originals. */
static unsigned long count_part(unsigned n_cpus)
{
        _cleanup_snapshot_ Snapshot snapshot = {};
        _cleanup_snapshot_part_ SnapshotPart part = {};
        _cleanup_originals_ Originals originals = {};
        _cleanup_policy_ Policy policy = {};
        _cleanup_plan_ Plan whole = {}, plan = {};
        PlanInput input = { .snapshot = &snapshot,
                            .policy = &policy,
                            .originals = &originals,
                            .halves.frequency = true,
                            .halves.idle = true };

        make_host(n_cpus, &snapshot);
        assert_int_equal(policy_add_defaults(&policy, true, true), 0);
        assert_int_equal(plan_build(&input, &whole), 0);
        assert_int_equal(plan_collect_originals(&whole, &snapshot, &originals), 1);
        assert_int_equal(cpuset_add(&part.cpus, 3), 0);
        assert_int_equal(cpuset_add(&part.domains, 3), 0);
        input.part = &part;
        n_comparisons = 0;
        assert_int_equal(plan_build(&input, &plan), 0);
        assert_int_equal(plan.n_steps, 2);
        assert_int_equal(plan_collect_originals(&plan, &snapshot, &originals), 0);
        assert_false(originals_drop_returned(&originals, &plan, &snapshot, false));
        assert_int_equal(originals.n, 2 * n_cpus);
        return n_comparisons;
}

/* A search among four times as many originals takes two steps more. */
static void test_comparisons_for_one_cpu_stay_the_same(void **state)
{
        unsigned long few = count_part(256), many = count_part(1024);

        print_message("%lu comparisons for one of 256 CPUs, %lu for one of 1024\n", few, many);
        assert_true(few > 0);
        assert_true(many <= few + 20);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_comparisons_grow_with_the_host),
                cmocka_unit_test(test_comparisons_for_one_cpu_stay_the_same),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
