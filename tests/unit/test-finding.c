/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "model/finding.h"

#define GOVERNOR KNOB_SCALING_GOVERNOR
#define POLICY0 "cpufreq/policy0"
#define STATE2 "cpu0/cpuidle/state2"

/* Every kind of finding, for one CPU or object and for several. */
static const struct {
        Finding finding;
        const char *cpus, *sentence;
} rows[] = {
        { { .kind = FINDING_NO_CPUFREQ },
          "",
          "No cpufreq driver has registered: the frequency policy waits for one. If none fits this CPU, the frequency "
          "stays as the firmware set it." },
        { { .kind = FINDING_NO_CPUIDLE },
          "0-3",
          "No cpuidle driver has registered for CPUs 0-3: the idle policy waits for one. If none fits this CPU, there "
          "are no "
          "C-states to limit." },
        { { .kind = FINDING_CPU_NOT_HERE }, "8", "The configuration names CPU 8, which this host does not have." },
        { { .kind = FINDING_CPU_NOT_HERE },
          "8-11",
          "The configuration names CPUs 8-11, which this host does not "
          "have." },
        { { .kind = FINDING_OFFLINE }, "3", "CPU 3: offline, not changed." },
        { { .kind = FINDING_OFFLINE }, "3,5", "CPUs 3,5: offline, not changed." },
        { { .kind = FINDING_REFUSED,
            .knob = GOVERNOR,
            .wanted = "ondemand",
            .driver = "intel_pstate",
            .offers = (char *)"performance powersave" },
          "0-15",
          "Governor 'ondemand' is refused by intel_pstate on CPUs 0-15, which offers performance and powersave. Set "
          "GOVERNOR= (frequency-set -g) to "
          "one of these." },
        { { .kind = FINDING_REFUSED, .knob = GOVERNOR, .wanted = "x", .driver = "d", .offers = (char *)" " },
          "0",
          "Governor 'x' is refused by d on CPU 0, which offers nothing else." },
        { { .kind = FINDING_NO_SUCH_CSTATE, .knob = KNOB_DISABLE, .wanted = "C3", .offers = (char *)" C1 C2 C6" },
          "1",
          "C-state 'C3' does not exist on CPU 1, which has C1, C2 and C6. Set MAX_CSTATE= to one of these or to a "
          "latency such as "
          "20us." },
        { { .kind = FINDING_NO_SUCH_CSTATE, .knob = KNOB_DISABLE, .wanted = "C3", .offers = (char *)"C1" },
          "0-1",
          "C-state 'C3' does not exist on CPUs 0-1, which have C1. Set MAX_CSTATE= to one of these or to a latency "
          "such as 20us." },
        { { .kind = FINDING_NO_SUCH_CSTATE, .knob = KNOB_DISABLE, .wanted = "C3", .offers = (char *)"" },
          "0",
          "C-state 'C3' does not exist on CPU 0, which has none that can be read. Set MAX_CSTATE= to a latency such as "
          "20us." },
        { { .kind = FINDING_SHARED_POLICY, .knob = GOVERNOR, .wanted = "powersave", .object = (char *)POLICY0 },
          "0-1",
          "CPUs 0-1 share cpufreq/policy0 but the configuration sets different values of scaling_governor for them; "
          "powersave is used for all of them." },
        { { .kind = FINDING_FAILED,
            .knob = GOVERNOR,
            .wanted = "performance",
            .object = (char *)POLICY0,
            .error = -EPERM },
          "0-1",
          "scaling_governor of cpufreq/policy0 could not be set to performance on CPUs 0-1: Operation not permitted." },
        { { .kind = FINDING_FAILED,
            .knob = KNOB_DISABLE,
            .wanted = "1",
            .object = (char *)STATE2,
            .error = -EIO,
            .n_objects = 64 },
          "0-63",
          "disable of cpu0/cpuidle/state2 and 63 more could not be set to 1 on CPUs 0-63: Input/output error." },
        { { .kind = FINDING_FAILED, .knob = KNOB_DISABLE, .object = (char *)STATE2, .error = -EIO },
          "0",
          "cpu0/cpuidle/state2 cannot be read on CPU 0: Input/output error." },
        { { .kind = FINDING_IGNORED,
            .knob = GOVERNOR,
            .wanted = "performance",
            .actual = "ondemand",
            .object = (char *)POLICY0 },
          "0",
          "scaling_governor of cpufreq/policy0 accepts performance on CPU 0 and still reads ondemand." },
        { { .kind = FINDING_IGNORED,
            .knob = KNOB_DISABLE,
            .wanted = "1",
            .actual = "0",
            .object = (char *)STATE2,
            .n_objects = 2 },
          "0",
          "disable of cpu0/cpuidle/state2 and 1 more accept 1 on CPU 0 and still read 0." },
        { { .kind = FINDING_LIMITED,
            .knob = KNOB_SCALING_MAX_FREQ,
            .wanted = "2600000",
            .actual = "1800000",
            .object = (char *)POLICY0 },
          "0-1",
          "scaling_max_freq of cpufreq/policy0 is limited to 1.8 GHz on CPUs 0-1, below the 2.6 GHz that the policy "
          "asks for: by firmware (then bios_limit in the same folder shows it) or because of heat. tscwarden does not "
          "raise it." },
        { { .kind = FINDING_WITHHELD,
            .knob = KNOB_SCALING_MAX_FREQ,
            .wanted = "2600000",
            .actual = "1800000",
            .object = (char *)POLICY0 },
          "0-1",
          "scaling_max_freq of cpufreq/policy0 stays 1.8 GHz on CPUs 0-1 instead of 2.6 GHz: the change would cost "
          "this host its "
          "TSC, which still works, until the next boot." },
        { { .kind = FINDING_WITHHELD,
            .knob = KNOB_SCALING_MAX_FREQ,
            .wanted = "2600000",
            .actual = "1800000",
            .object = (char *)POLICY0,
            .n_objects = 2 },
          "0-3",
          "scaling_max_freq of cpufreq/policy0 and 1 more stay 1.8 GHz on CPUs 0-3 instead of 2.6 GHz: the change "
          "would cost this "
          "host its TSC, which still works, until the next boot." },
        { { .kind = FINDING_NOT_HELD,
            .knob = GOVERNOR,
            .actual = "1397000",
            .driver = "powernow-k8",
            .object = (char *)POLICY0 },
          "1",
          "The frequency of CPU 1 cannot be held at its present value (1.397 GHz is not one that powernow-k8 offers), "
          "so the "
          "governor stays: changing it could cost the TSC." },
        { { .kind = FINDING_NOT_HELD,
            .knob = GOVERNOR,
            .actual = "0",
            .driver = "powernow-k8",
            .object = (char *)POLICY0 },
          "0-1",
          "The frequency of CPUs 0-1 cannot be held at its present value (powernow-k8 does not report it), so the "
          "governor stays: "
          "changing it could cost the TSC." },
        { { .kind = FINDING_CLAMPED, .knob = KNOB_SCALING_MAX_FREQ, .wanted = "9000000", .actual = "2600000" },
          "0-1",
          "MAX_FREQ on CPUs 0-1: 9 GHz asked for, 2.6 GHz is the hardware's nearest." },
        { { .kind = FINDING_CLAMPED, .knob = KNOB_SCALING_MIN_FREQ, .wanted = "1", .actual = "800000" },
          "0",
          "MIN_FREQ on CPU 0: 0.001 MHz asked for, 800 MHz is the hardware's nearest." },
        { { .kind = FINDING_CLAMPED, .knob = KNOB_DISABLE, .wanted = "1us", .actual = "C1" },
          "0",
          "MAX_CSTATE=1us is below every C-state of CPU 0; C1 stays allowed, because with POLL alone a CPU never "
          "halts." },
        { { .kind = FINDING_IDLE_GOVERNOR, .knob = KNOB_DISABLE, .actual = "haltpoll" },
          "0-3",
          "The cpuidle governor haltpoll ignores disabled C-states, so the idle policy does not hold. Write another "
          "name from /sys/devices/system/cpu/cpuidle/available_governors to current_governor in the same folder." },
};

static void test_finding_sentences(void **state)
{
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                Finding finding = rows[i].finding;
                _cleanup_cpuset_ CpuSet cpus = {};
                _cleanup_free_ char *text = NULL;

                assert_int_equal(cpuset_parse(rows[i].cpus, &cpus), 0);
                finding.cpus = cpus;
                text = finding_format(&finding);
                assert_string_equal(text, rows[i].sentence);
        }
}

static void test_finding_kinds(void **state)
{
        static const bool waiting[] = { [FINDING_NO_CPUFREQ] = true,
                                        [FINDING_NO_CPUIDLE] = true,
                                        [FINDING_CPU_NOT_HERE] = true,
                                        [FINDING_IDLE_GOVERNOR] = false };
        static const bool harmless[] = {
                [FINDING_OFFLINE] = true,       [FINDING_CLAMPED] = true,   [FINDING_LIMITED] = true,
                [FINDING_ROUNDED] = true,       [FINDING_OVERRULED] = true, [FINDING_NO_SUCH_BIAS] = true,
                [FINDING_IDLE_GOVERNOR] = false
        };

        for (FindingKind kind = 0; kind <= FINDING_IDLE_GOVERNOR; kind++) {
                assert_int_equal(finding_is_waiting(kind), waiting[kind]);
                assert_int_equal(finding_is_degraded(kind), !waiting[kind] && !harmless[kind]);
        }
}

static void add(Findings *findings, const Finding *like, const char *cpus)
{
        _cleanup_cpuset_ CpuSet set = {};

        assert_int_equal(cpuset_parse(cpus, &set), 0);
        assert_int_equal(findings_add(findings, like, &set), 0);
}

static void test_findings_group_what_agrees(void **state)
{
        _cleanup_findings_ Findings findings = {};
        _cleanup_free_ char *text = NULL;
        char offers[] = "performance powersave", object[] = "cpufreq/policy0", other[] = "cpufreq/policy2";
        Finding like = { .kind = FINDING_REFUSED,
                         .knob = GOVERNOR,
                         .wanted = "x",
                         .driver = "d",
                         .offers = offers,
                         .object = object,
                         .error = -EINVAL };

        add(&findings, &like, "0-1");
        like.object = other;
        add(&findings, &like, "2-3");
        assert_int_equal(findings.n, 1);
        assert_string_equal(findings.entries[0].object, "cpufreq/policy0");
        assert_int_equal(findings.entries[0].n_objects, 2);
        /* The findings are copies, so their sources may be freed. */
        memset(offers, '\0', sizeof(offers));
        memset(object, '\0', sizeof(object));
        text = finding_format(&findings.entries[0]);
        assert_string_equal(
                text, "Governor 'x' is refused by d on CPUs 0-3, which offers performance and powersave. Set GOVERNOR= "
                      "(frequency-set -g) "
                      "to one of these.");
}

static void test_findings_keep_apart_what_differs(void **state)
{
        _cleanup_findings_ Findings findings = {};
        char offers[] = "a";
        const Finding likes[] = {
                { .kind = FINDING_FAILED, .knob = GOVERNOR },
                { .kind = FINDING_IGNORED, .knob = GOVERNOR },
                { .kind = FINDING_FAILED, .knob = KNOB_DISABLE },
                { .kind = FINDING_FAILED, .knob = GOVERNOR, .error = -EIO },
                { .kind = FINDING_FAILED, .knob = GOVERNOR, .wanted = "a" },
                { .kind = FINDING_FAILED, .knob = GOVERNOR, .actual = "a" },
                { .kind = FINDING_FAILED, .knob = GOVERNOR, .driver = "a" },
                { .kind = FINDING_FAILED, .knob = GOVERNOR, .offers = offers },
        };

        for (unsigned i = 0; i < ARRAY_SIZE(likes); i++) {
                add(&findings, &likes[i], "0");
                assert_int_equal(findings.n, i + 1);
        }
        for (unsigned i = 0; i < ARRAY_SIZE(likes); i++)
                add(&findings, &likes[i], "1");
        assert_int_equal(findings.n, ARRAY_SIZE(likes));
        for (unsigned i = 0; i < ARRAY_SIZE(likes); i++)
                assert_int_equal(cpuset_count(&findings.entries[i].cpus), 2);
}

static void test_findings_have_what_is_the_same_on_the_same_cpus(void **state)
{
        _cleanup_findings_ Findings findings = {};
        Finding like = { .kind = FINDING_FAILED, .knob = GOVERNOR, .error = -EIO };

        assert_false(findings_have(&findings, &like));
        add(&findings, &like, "0-1");
        assert_int_equal(cpuset_parse("0-1", &like.cpus), 0);
        assert_true(findings_have(&findings, &like));
        cpuset_remove(&like.cpus, 1);
        assert_false(findings_have(&findings, &like));
        assert_int_equal(cpuset_add(&like.cpus, 1), 0);
        like.error = -EBUSY;
        assert_false(findings_have(&findings, &like));
        cpuset_done(&like.cpus);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_finding_sentences),
                cmocka_unit_test(test_finding_kinds),
                cmocka_unit_test(test_findings_group_what_agrees),
                cmocka_unit_test(test_findings_keep_apart_what_differs),
                cmocka_unit_test(test_findings_have_what_is_the_same_on_the_same_cpus),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
