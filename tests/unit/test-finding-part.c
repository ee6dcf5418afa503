/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "model/finding-part.h"

/* Two frequency domains of two CPUs each; `part` is CPU 2 with its domain. */
typedef struct Test {
        FreqDomain domains[2];
        Snapshot snapshot;
        SnapshotPart part;
        Findings before, after;
} Test;

static void parse(const char *list, CpuSet *ret)
{
        assert_int_equal(cpuset_parse(list, ret), 0);
}

static int setup(void **state)
{
        static Test t;

        t = (Test) { .domains = { { .id = 0 }, { .id = 2 } } };
        parse("0-1", &t.domains[0].related);
        parse("2-3", &t.domains[1].related);
        parse("2", &t.part.cpus);
        parse("2", &t.part.domains);
        t.snapshot = (Snapshot) { .domains = t.domains, .n_domains = 2 };
        *state = &t;
        return 0;
}

static int teardown(void **state)
{
        Test *t = *state;

        cpuset_done(&t->domains[0].related);
        cpuset_done(&t->domains[1].related);
        snapshot_part_done(&t->part);
        findings_done(&t->before);
        findings_done(&t->after);
        return 0;
}

static void find(Test *t, FindingKind kind, Knob knob, const char *object, const char *cpus)
{
        _cleanup_cpuset_ CpuSet set = {};
        const Finding finding = { .kind = kind, .knob = knob, .object = (char *)object };

        parse(cpus, &set);
        assert_int_equal(findings_add(&t->before, &finding, &set), 0);
}

/* The CPUs of the findings that were kept, in order. */
static void assert_rest(Test *t, const char *expected)
{
        char text[128] = "";

        assert_int_equal(findings_add_rest(&t->after, &t->before, &t->part, &t->snapshot), 0);
        for (unsigned i = 0; i < t->after.n; i++) {
                _cleanup_free_ char *cpus = cpuset_format(&t->after.entries[i].cpus);

                strcat(strcat(text, i == 0 ? "" : " "), cpus);
        }
        assert_string_equal(text, expected);
}

static void test_a_cpu_is_renewed(void **state)
{
        Test *t = *state;

        find(t, FINDING_NO_CPUIDLE, KNOB_DISABLE, NULL, "0-3");
        find(t, FINDING_NO_SUCH_STATE, KNOB_DISABLE, NULL, "2");
        assert_true(findings_can_part(&t->before, &t->part, &t->snapshot));
        assert_rest(t, "0-1,3");
}

/* CPU 3 is in the domain of CPU 2. */
static void test_a_policy_is_renewed(void **state)
{
        Test *t = *state;

        find(t, FINDING_REFUSED, KNOB_SCALING_GOVERNOR, NULL, "0-3");
        find(t, FINDING_CLAMPED, KNOB_SCALING_MIN_FREQ, NULL, "2-3");
        assert_rest(t, "0-1");
}

/* These findings are about the whole host: planning any part finds them again. */
static void test_the_host_is_renewed(void **state)
{
        Test *t = *state;

        find(t, FINDING_OFFLINE, KNOB_SCALING_MAX_FREQ, NULL, "0");
        find(t, FINDING_CPU_NOT_HERE, KNOB_SCALING_MAX_FREQ, NULL, "9");
        find(t, FINDING_NO_CPUFREQ, KNOB_SCALING_MAX_FREQ, NULL, "");
        assert_true(findings_can_part(&t->before, &t->part, &t->snapshot));
        assert_rest(t, "");
}

/* A finding that only counts objects cannot be split: it does not say which of them are in the part. */
static void test_counted_objects_cannot_part(void **state)
{
        Test *t = *state;

        find(t, FINDING_FAILED, KNOB_SCALING_GOVERNOR, "cpufreq/policy0", "0-1");
        find(t, FINDING_FAILED, KNOB_DISABLE, "cpu3/cpuidle/state1", "3");
        assert_true(findings_can_part(&t->before, &t->part, &t->snapshot));
        find(t, FINDING_FAILED, KNOB_SCALING_GOVERNOR, "cpufreq/policy2", "3");
        assert_false(findings_can_part(&t->before, &t->part, &t->snapshot));
}

static void test_what_names_no_cpu_cannot_part(void **state)
{
        Test *t = *state;

        find(t, FINDING_FAILED, KNOB_SCALING_GOVERNOR, "cpufreq/policy0", "");
        assert_false(findings_can_part(&t->before, &t->part, &t->snapshot));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_a_cpu_is_renewed, setup, teardown),
                cmocka_unit_test_setup_teardown(test_a_policy_is_renewed, setup, teardown),
                cmocka_unit_test_setup_teardown(test_the_host_is_renewed, setup, teardown),
                cmocka_unit_test_setup_teardown(test_counted_objects_cannot_part, setup, teardown),
                cmocka_unit_test_setup_teardown(test_what_names_no_cpu_cannot_part, setup, teardown),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
