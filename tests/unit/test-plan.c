/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "warden.h"

typedef struct Fixture {
        FakeHost host;
        Warden warden;
} Fixture;

/* One policy of two CPUs; the TSC is lost. */
static int setup(void **state)
{
        Fixture *f = calloc(1, sizeof(*f));

        fake_host_init(&f->host, 1, 2, "ondemand", 1400000);
        f->host.tsc_lives = false;
        warden_init(&f->warden, &f->host);
        *state = f;
        return 0;
}

static int teardown(void **state)
{
        Fixture *f = *state;

        warden_done(&f->warden);
        fake_host_done(&f->host);
        free(f);
        return 0;
}

/* Each step as "object/knob from>to effect[!]"; ! means withheld. */
static void assert_steps(const Plan *plan, const char *expected)
{
        char text[4096] = "", path[KNOB_NAME_SIZE];
        size_t used = 0;

        for (size_t i = 0; i < plan->n_steps; i++) {
                const Step *step = &plan->steps[i];

                used += snprintf(text + used, sizeof(text) - used, "%s %s>%s %s%s\n", knob_path_format(&step->id, path),
                                 step->from, step->to, effect_to_string(step->effect), step->withheld ? "!" : "");
        }
        assert_string_equal(text, expected);
}

static void test_plan_sets_governor_once_per_policy(void **state)
{
        Fixture *f = *state;

        warden_rule(&f->warden, NULL, "performance", 0, 0, NULL);
        warden_plan(&f->warden, true);
        assert_steps(&f->warden.plan, "cpufreq/policy0/scaling_governor ondemand>performance holds-frequency\n");
        assert_int_equal(f->warden.plan.findings.n, 0);
}

static void test_plan_orders_limits(void **state)
{
        Fixture *f = *state;

        f->host.real.domains[0].min_khz = 800000;
        f->host.real.domains[0].max_khz = 1400000;
        warden_rule(&f->warden, NULL, NULL, 2000000, 2600000, NULL);
        warden_plan(&f->warden, true);
        assert_steps(&f->warden.plan, "cpufreq/policy0/scaling_max_freq 1400000>2600000 none\n"
                                      "cpufreq/policy0/scaling_min_freq 800000>2000000 none\n");

        f->host.real.domains[0].min_khz = 2000000;
        f->host.real.domains[0].max_khz = 2600000;
        f->warden.policy.rules[0].min_khz = 800000;
        f->warden.policy.rules[0].max_khz = 1400000;
        warden_plan(&f->warden, true);
        assert_steps(&f->warden.plan, "cpufreq/policy0/scaling_min_freq 2000000>800000 none\n"
                                      "cpufreq/policy0/scaling_max_freq 2600000>1400000 none\n");
}

static void test_plan_clamps_limits(void **state)
{
        Fixture *f = *state;
        const Finding *finding;

        warden_rule(&f->warden, NULL, NULL, 1400000, 9000000, NULL);
        warden_plan(&f->warden, true);
        assert_steps(&f->warden.plan, "cpufreq/policy0/scaling_min_freq 800000>1400000 none\n");
        finding = warden_finding(&f->warden, FINDING_CLAMPED);
        assert_non_null(finding);
        assert_string_equal(finding->wanted, "9000000");
        assert_string_equal(finding->actual, "2600000");
        assert_false(finding_is_degraded(finding->kind));
}

static void test_plan_says_when_cpus_of_one_policy_disagree(void **state)
{
        Fixture *f = *state;
        const Finding *finding;

        warden_rule(&f->warden, NULL, "performance", 0, 0, NULL);
        warden_rule(&f->warden, "1", "powersave", 0, 0, NULL);
        warden_plan(&f->warden, true);
        /* The value that a loop over the CPUs would write last. */
        assert_steps(&f->warden.plan, "cpufreq/policy0/scaling_governor ondemand>powersave holds-frequency\n");
        finding = warden_finding(&f->warden, FINDING_SHARED_POLICY);
        assert_non_null(finding);
        assert_string_equal(finding->wanted, "powersave");
}

static void test_plan_same_value_in_two_sections_is_no_disagreement(void **state)
{
        Fixture *f = *state;

        warden_rule(&f->warden, NULL, "performance", 0, 0, NULL);
        warden_rule(&f->warden, "1", "performance", 0, 0, NULL);
        warden_plan(&f->warden, true);
        assert_null(warden_finding(&f->warden, FINDING_SHARED_POLICY));
}

static void test_plan_refuses_what_a_setpolicy_driver_does_not_list(void **state)
{
        Fixture *f = *state;
        _cleanup_free_ char *text = NULL;
        const Finding *finding;

        strcpy(f->host.real.domains[0].driver, "intel_pstate");
        f->host.real.domains[0].governors = "performance powersave";
        warden_rule(&f->warden, NULL, "ondemand", 0, 0, NULL);
        strcpy(f->host.real.domains[0].governor, "powersave");
        warden_plan(&f->warden, true);
        assert_int_equal(f->warden.plan.n_steps, 0);
        finding = warden_finding(&f->warden, FINDING_REFUSED);
        assert_non_null(finding);
        text = finding_format(finding);
        assert_string_equal(text,
                            "Governor 'ondemand' is refused by intel_pstate on CPUs 0-1, which offers performance and "
                            "powersave. Set GOVERNOR= (frequency-set -g) to one of these.");
}

static void test_plan_takes_the_first_governor_a_setpolicy_driver_lists(void **state)
{
        Fixture *f = *state;

        strcpy(f->host.real.domains[0].driver, "intel_pstate");
        f->host.real.domains[0].governors = "performance powersave";
        warden_rule(&f->warden, NULL, "ondemand|powersave", 0, 0, NULL);
        warden_plan(&f->warden, true);
        assert_steps(&f->warden.plan, "cpufreq/policy0/scaling_governor ondemand>powersave none\n");
}

static void test_plan_limits_idle(void **state)
{
        static const struct {
                const char *cstate;
                const char *disabled; /* the disabled ones of the states 0 to 3 */
        } rows[] = {
                { "shallowest", "23" }, { "C1", "23" },   { "C2", "3" },   { "C3", "" },    { "c2", "3" },
                { "2us", "23" },        { "74us", "23" }, { "75us", "3" }, { "99us", "3" }, { "100us", "" },
                { "5000us", "" },       { "1us", "23" }, /* POLL alone is not accepted: C1 stays */
        };

        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                FakeHost host;
                Warden warden;
                char disabled[8] = "";

                fake_host_init(&host, 1, 1, "performance", 2600000);
                host.tsc_lives = false;
                warden_init(&warden, &host);
                warden_rule(&warden, NULL, NULL, 0, 0, rows[i].cstate);
                warden_plan(&warden, true);
                for (size_t n = 0; n < warden.plan.n_steps; n++) {
                        assert_int_equal(warden.plan.steps[n].effect, EFFECT_LIMITS_IDLE);
                        snprintf(disabled + strlen(disabled), 4, "%u", warden.plan.steps[n].id.state);
                }
                if (strcmp(disabled, rows[i].disabled) != 0)
                        fail_msg("%s: states %s disabled instead of %s", rows[i].cstate, disabled, rows[i].disabled);
                warden_done(&warden);
                fake_host_done(&host);
        }
        (void)state;
}

static void rename_state(FakeHost *host, unsigned cpu, unsigned index, const char *name, uint64_t latency)
{
        IdleState *found = snapshot_find_state(&host->real, cpu, index);

        found->name = name;
        found->latency_usec = latency;
}

static void test_plan_resolves_names_per_cpu(void **state)
{
        Fixture *f = *state;

        /* As on a hybrid host: the same index is another state on another CPU. */
        rename_state(&f->host, 1, 1, "C1_ACPI", 1);
        rename_state(&f->host, 1, 2, "C2_ACPI", 127);
        rename_state(&f->host, 1, 3, "C3_ACPI", 1048);
        warden_rule(&f->warden, NULL, NULL, 0, 0, "C2");
        warden_plan(&f->warden, true);
        assert_steps(&f->warden.plan, "cpu0/cpuidle/state3/disable 0>1 limits-idle\n"
                                      "cpu1/cpuidle/state3/disable 0>1 limits-idle\n");
        assert_int_equal(f->warden.plan.findings.n, 0);
}

/* On Core 2 the firmware gives both states a latency of 1 us. */
static void test_plan_tells_states_of_one_latency_apart(void **state)
{
        Fixture *f = *state;

        rename_state(&f->host, 0, 2, "C2", 2);
        rename_state(&f->host, 1, 2, "C2", 2);
        warden_rule(&f->warden, NULL, NULL, 0, 0, "shallowest");
        warden_rule(&f->warden, "1", NULL, 0, 0, "2us");
        warden_plan(&f->warden, true);
        assert_steps(&f->warden.plan, "cpu0/cpuidle/state2/disable 0>1 limits-idle\n"
                                      "cpu0/cpuidle/state3/disable 0>1 limits-idle\n"
                                      "cpu1/cpuidle/state3/disable 0>1 limits-idle\n");
}

static void test_plan_says_which_cpus_lack_a_state(void **state)
{
        Fixture *f = *state;
        const Finding *finding;
        _cleanup_free_ char *text = NULL;

        rename_state(&f->host, 1, 3, "C6", 100);
        warden_rule(&f->warden, NULL, NULL, 0, 0, "C3");
        warden_plan(&f->warden, true);
        assert_steps(&f->warden.plan, "cpu1/cpuidle/state2/disable 0>1 limits-idle\n"
                                      "cpu1/cpuidle/state3/disable 0>1 limits-idle\n");
        finding = warden_finding(&f->warden, FINDING_NO_SUCH_CSTATE);
        assert_non_null(finding);
        text = finding_format(finding);
        assert_string_equal(
                text,
                "C-state 'C3' does not exist on CPU 1, which has C1, C2 and C6; nothing deeper than C1 is allowed "
                "instead. Set MAX_CSTATE= to one of these or to a latency such as 2us.");
}

/* A frequency domain that cannot be read: rows are the errors, and whether its CPUs are known. */
static void test_plan_says_which_policy_cannot_be_read(void **state)
{
        static const struct {
                int error;
                bool cpus, told;
        } rows[] = {
                { -EBUSY, false, false }, { -ENOENT, false, false }, { -ENODEV, false, false },
                { -EIO, false, true },    { -EPERM, false, true },   { -EBUSY, true, true },
        };

        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                static const Knob knobs[] = { KNOB_SCALING_MAX_FREQ, KNOB_SCALING_MIN_FREQ, KNOB_SCALING_GOVERNOR,
                                              KNOB_SCALING_SETSPEED };
                FakeHost host;
                Warden warden;
                const Finding *finding;

                fake_host_init(&host, 2, 1, "ondemand", 1400000);
                host.tsc_lives = false;
                warden_init(&warden, &host);
                assert_int_equal(originals_add(&warden.originals, &(KnobId) { .knob = KNOB_SCALING_GOVERNOR, .id = 1 },
                                               "schedutil"),
                                 1);
                host.real.domains[1].error = rows[i].error;
                if (!rows[i].cpus)
                        cpuset_done(&host.real.domains[1].cpus);
                warden_rule(&warden, NULL, "performance", 0, 0, NULL);
                warden_plan(&warden, true);
                assert_steps(&warden.plan, "cpufreq/policy0/scaling_governor ondemand>performance holds-frequency\n");
                finding = warden_finding(&warden, FINDING_FAILED);
                if (!finding != !rows[i].told)
                        fail_msg("%s is told: %d", strerror(-rows[i].error), finding != NULL);
                assert_true(!finding || cpuset_has(&finding->cpus, 1));
                /* The originals of this domain are kept until it can be read again. */
                for (size_t n = 0; n < ARRAY_SIZE(knobs); n++)
                        assert_true(plan_wants(&warden.plan, &(KnobId) { .knob = knobs[n], .id = 1 }));
                warden_plan(&warden, false);
                assert_int_equal(warden.plan.n_steps, 0);
                warden_done(&warden);
                fake_host_done(&host);
        }
        (void)state;
}

/* The idle states of a CPU disappear when it goes offline and come back with it. */
static void test_plan_waits_for_a_state_that_went(void **state)
{
        static const int errors[] = { -ENODEV, -ENOENT };
        const KnobId id = { .knob = KNOB_DISABLE, .id = 1, .state = 2 };
        Fixture *f = *state;

        warden_rule(&f->warden, NULL, NULL, 0, 0, "shallowest");
        for (size_t i = 0; i < ARRAY_SIZE(errors); i++) {
                snapshot_find_state(&f->host.real, 1, 2)->error = errors[i];
                warden_plan(&f->warden, true);
                assert_null(warden_finding(&f->warden, FINDING_FAILED));
                assert_true(plan_wants(&f->warden.plan, &id));
        }
}

static void test_plan_names_the_state_that_cannot_be_read(void **state)
{
        Fixture *f = *state;
        const Finding *finding;

        snapshot_find_state(&f->host.real, 1, 2)->error = -EIO;
        warden_rule(&f->warden, NULL, NULL, 0, 0, "shallowest");
        warden_plan(&f->warden, true);
        assert_steps(&f->warden.plan, "cpu0/cpuidle/state2/disable 0>1 limits-idle\n"
                                      "cpu0/cpuidle/state3/disable 0>1 limits-idle\n"
                                      "cpu1/cpuidle/state3/disable 0>1 limits-idle\n");
        finding = warden_finding(&f->warden, FINDING_FAILED);
        assert_non_null(finding);
        assert_string_equal(finding->object, "cpu1/cpuidle/state2");
        assert_int_equal(finding->error, -EIO);
}

static void test_plan_never_leaves_poll_alone(void **state)
{
        Fixture *f = *state;

        snapshot_find_state(&f->host.real, 0, 1)->disabled = true;
        warden_rule(&f->warden, NULL, NULL, 0, 0, "shallowest");
        warden_plan(&f->warden, true);
        assert_steps(&f->warden.plan, "cpu0/cpuidle/state1/disable 1>0 none\n"
                                      "cpu0/cpuidle/state2/disable 0>1 limits-idle\n"
                                      "cpu0/cpuidle/state3/disable 0>1 limits-idle\n"
                                      "cpu1/cpuidle/state2/disable 0>1 limits-idle\n"
                                      "cpu1/cpuidle/state3/disable 0>1 limits-idle\n");
}

static void test_plan_waits_for_drivers(void **state)
{
        Fixture *f = *state;

        f->host.real.n_domains = 0;
        f->host.real.cpus[0].n_states = f->host.real.cpus[1].n_states = 0;
        warden_rule(&f->warden, NULL, "performance", 0, 0, "shallowest");
        warden_plan(&f->warden, true);
        assert_int_equal(f->warden.plan.n_steps, 0);
        assert_non_null(warden_finding(&f->warden, FINDING_NO_CPUFREQ));
        assert_non_null(warden_finding(&f->warden, FINDING_NO_CPUIDLE));
        assert_int_equal(cpuset_count(&warden_finding(&f->warden, FINDING_NO_CPUIDLE)->cpus), 2);
        f->host.real.n_domains = 1;
        f->host.real.cpus[0].n_states = f->host.real.cpus[1].n_states = 4;
}

static void test_plan_with_nothing_but_poll_or_one_state_has_nothing_to_limit(void **state)
{
        Fixture *f = *state;

        f->host.real.cpus[0].n_states = 1;
        f->host.real.cpus[1].n_states = 2;
        warden_rule(&f->warden, NULL, NULL, 0, 0, "shallowest");
        warden_plan(&f->warden, true);
        assert_int_equal(f->warden.plan.n_steps, 0);
        assert_int_equal(f->warden.plan.findings.n, 0);
}

static void test_plan_names_absent_and_offline_cpus(void **state)
{
        Fixture *f = *state;

        f->host.real.cpus[1].online = false;
        warden_rule(&f->warden, "1-3", "performance", 0, 0, "shallowest");
        warden_plan(&f->warden, true);
        assert_int_equal(cpuset_count(&warden_finding(&f->warden, FINDING_CPU_NOT_HERE)->cpus), 2);
        assert_true(cpuset_has(&warden_finding(&f->warden, FINDING_OFFLINE)->cpus, 1));
        /* The offline CPU's states are left alone. */
        assert_steps(&f->warden.plan, "cpufreq/policy0/scaling_governor ondemand>performance holds-frequency\n");
}

static void test_plan_says_that_haltpoll_ignores_disable(void **state)
{
        Fixture *f = *state;

        strcpy(f->host.real.idle_governor, "haltpoll");
        warden_rule(&f->warden, NULL, NULL, 0, 0, "shallowest");
        warden_plan(&f->warden, true);
        assert_non_null(warden_finding(&f->warden, FINDING_IDLE_GOVERNOR));
        /* With one state beside POLL there is nothing to disable. */
        f->host.real.cpus[0].n_states = f->host.real.cpus[1].n_states = 2;
        warden_plan(&f->warden, true);
        assert_null(warden_finding(&f->warden, FINDING_IDLE_GOVERNOR));
}

static void test_plan_freezes_a_living_tsc_before_the_governor(void **state)
{
        Fixture *f = *state;

        f->host.tsc_lives = true;
        strcpy(f->host.real.domains[0].governor, "userspace");
        f->host.real.domains[0].setspeed_khz = f->host.setspeed_khz[0] = 1400000;
        warden_rule(&f->warden, NULL, "performance", 0, 0, NULL);
        warden_plan(&f->warden, true);
        assert_steps(&f->warden.plan, "cpufreq/policy0/scaling_max_freq 2600000>1400000 holds-frequency\n"
                                      "cpufreq/policy0/scaling_min_freq 800000>1400000 holds-frequency\n"
                                      "cpufreq/policy0/scaling_governor userspace>performance holds-frequency\n");
}

static void test_plan_withholds_limits_that_would_move_a_living_tsc(void **state)
{
        Fixture *f = *state;

        f->host.tsc_lives = true;
        strcpy(f->host.real.domains[0].governor, "performance");
        f->host.real.domains[0].max_khz = f->host.real.domains[0].min_khz = 1400000;
        warden_rule(&f->warden, NULL, "performance", 800000, 2600000, NULL);
        warden_plan(&f->warden, true);
        /* Under `performance` a lower minimum does not change the frequency; a higher maximum does. */
        assert_steps(&f->warden.plan, "cpufreq/policy0/scaling_max_freq 1400000>2600000 marks-tsc-unstable!\n"
                                      "cpufreq/policy0/scaling_min_freq 1400000>800000 holds-frequency\n");
        assert_non_null(warden_finding(&f->warden, FINDING_WITHHELD));
}

/* Under `performance` a minimum above the maximum does not change the frequency yet: restoring the maximum would. */
static void test_plan_withholds_a_minimum_above_a_frozen_maximum(void **state)
{
        Fixture *f = *state;

        f->host.tsc_lives = true;
        strcpy(f->host.real.domains[0].governor, "performance");
        f->host.real.domains[0].max_khz = f->host.real.domains[0].min_khz = 1400000;
        warden_rule(&f->warden, NULL, "performance", 2600000, 0, NULL);
        warden_plan(&f->warden, true);
        assert_steps(&f->warden.plan, "cpufreq/policy0/scaling_min_freq 1400000>2600000 marks-tsc-unstable!\n");
}

static void test_plan_withholds_the_governor_where_it_cannot_freeze(void **state)
{
        Fixture *f = *state;

        f->host.tsc_lives = true;
        strcpy(f->host.real.domains[0].governor, "userspace");
        f->host.real.domains[0].setspeed_khz = f->host.setspeed_khz[0] = 1400000;
        f->host.real.domains[0].cur_khz = 1397000; /* as measured on a host: not in the driver's table */
        warden_rule(&f->warden, NULL, "performance", 0, 0, NULL);
        warden_plan(&f->warden, true);
        assert_steps(&f->warden.plan, "cpufreq/policy0/scaling_governor userspace>performance marks-tsc-unstable!\n");
        assert_non_null(warden_finding(&f->warden, FINDING_NOT_HELD));
}

static void test_plan_of_a_resting_policy_is_empty(void **state)
{
        Fixture *f = *state;

        f->host.tsc_lives = true;
        strcpy(f->host.real.domains[0].governor, "performance");
        f->host.real.domains[0].cur_khz = 2600000;
        warden_rule(&f->warden, NULL, "performance", 0, 0, NULL);
        warden_plan(&f->warden, true);
        assert_int_equal(f->warden.plan.n_steps, 0);
}

static void test_plan_restores_what_is_not_wanted_any_more(void **state)
{
        Fixture *f = *state;
        _cleanup_free_ char *before = fake_host_dump(&f->host), *after = NULL;

        warden_rule(&f->warden, NULL, "performance", 1400000, 2000000, "shallowest");
        warden_apply(&f->warden);
        assert_int_equal(f->warden.originals.n, 3 + 4);

        /* After the reload there are no limits, and C2 is allowed. */
        f->warden.policy.rules[0].has[POLICY_MIN_FREQ] = f->warden.policy.rules[0].has[POLICY_MAX_FREQ] = false;
        f->warden.policy.rules[0].idle = (IdleLimit) { .kind = IDLE_LIMIT_LATENCY, .latency_usec = 75 };
        warden_plan(&f->warden, true);
        assert_steps(&f->warden.plan, "cpufreq/policy0/scaling_max_freq 2000000>2600000 holds-frequency\n"
                                      "cpufreq/policy0/scaling_min_freq 1400000>800000 holds-frequency\n"
                                      "cpu0/cpuidle/state2/disable 1>0 none\n"
                                      "cpu1/cpuidle/state2/disable 1>0 none\n");
        warden_apply(&f->warden);
        assert_int_equal(f->warden.originals.n, 1 + 2);

        warden_restore(&f->warden);
        after = fake_host_dump(&f->host);
        assert_string_equal(before, after);
        assert_int_equal(f->warden.originals.n, 0);
}

static void test_plan_restores_the_speed_of_userspace(void **state)
{
        Fixture *f = *state;
        _cleanup_free_ char *before = NULL, *after = NULL;

        strcpy(f->host.real.domains[0].governor, "userspace");
        f->host.real.domains[0].setspeed_khz = f->host.setspeed_khz[0] = 1400000;
        before = fake_host_dump(&f->host);
        warden_rule(&f->warden, NULL, "performance", 0, 0, NULL);
        warden_apply(&f->warden);
        assert_int_equal(f->host.real.domains[0].cur_khz, 2600000);
        warden_restore(&f->warden);
        after = fake_host_dump(&f->host);
        assert_string_equal(before, after);
}

/* A limit outside the hardware's range; 0: the driver does not give its range. */
static void test_plan_clamps_at_either_end(void **state)
{
        Fixture *f = *state;

        warden_rule(&f->warden, NULL, NULL, 100000, 0, NULL);
        f->host.real.domains[0].min_khz = 1400000;
        warden_plan(&f->warden, true);
        assert_steps(&f->warden.plan, "cpufreq/policy0/scaling_min_freq 1400000>800000 none\n");
        assert_string_equal(warden_finding(&f->warden, FINDING_CLAMPED)->actual, "800000");

        f->host.real.domains[0].hw_min_khz = f->host.real.domains[0].hw_max_khz = 0;
        warden_plan(&f->warden, true);
        assert_steps(&f->warden.plan, "cpufreq/policy0/scaling_min_freq 1400000>800000 none\n");
        assert_null(warden_finding(&f->warden, FINDING_CLAMPED));
}

/* As the kernel rounds: the minimum up and the maximum down; both up if no entry lies between them. */
static void test_plan_rounds_limits_to_the_table(void **state)
{
        static const struct {
                uint64_t min, max;
                const char *min_to, *max_to;
        } rows[] = {
                { 1500000, 2100000, "2000000", "2000000" },
                { 1450000, 1500000, "2000000", "2000000" },
                { 0, 2100000, NULL, "2000000" },
                { 2100000, 0, "2600000", NULL },
                { 1400000, 2600000, "1400000", "2600000" },
        };

        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                uint64_t min = rows[i].min, max = rows[i].max;
                FreqDomain domain = { .hw_min_khz = 800000,
                                      .hw_max_khz = 2600000,
                                      .frequencies = "2600000 2000000 1400000 800000 " };
                char text[32];

                frequency_round_limits(&domain, &min, &max);
                snprintf(text, sizeof(text), "%" PRIu64, min);
                assert_string_equal(text, rows[i].min_to ? rows[i].min_to : "0");
                snprintf(text, sizeof(text), "%" PRIu64, max);
                assert_string_equal(text, rows[i].max_to ? rows[i].max_to : "0");
        }

        Fixture *f = *state;
        _cleanup_free_ char *sentence = NULL;

        warden_rule(&f->warden, NULL, NULL, 0, 2100000, NULL);
        warden_plan(&f->warden, true);
        assert_steps(&f->warden.plan, "cpufreq/policy0/scaling_max_freq 2600000>2000000 none\n");
        sentence = finding_format(warden_finding(&f->warden, FINDING_ROUNDED));
        assert_non_null(strstr(sentence, "2.1 GHz asked for, 2 GHz is this driver's nearest"));
}

/* A speed is rounded up to an entry of the driver's table, with a finding. */
static void test_plan_rounds_a_speed_as_the_kernel_does(void **state)
{
        Fixture *f = *state;
        _cleanup_free_ char *sentence = NULL;

        warden_options(&f->warden, "frequency-set -f 2.1GHz");
        warden_apply(&f->warden);
        sentence = finding_format(warden_finding(&f->warden, FINDING_ROUNDED));
        assert_non_null(strstr(sentence, "FREQ on CPUs 0-1: 2.1 GHz asked for, 2.6 GHz is this driver's nearest"));
}

/* The reload drops one limit and sets the other beyond the original of the first. */
static void test_plan_originals_do_not_push_the_other_limit_aside(void **state)
{
        Fixture *f = *state;
        PolicyRule *rule = warden_rule(&f->warden, NULL, NULL, 1400000, 0, NULL);

        f->host.real.domains[0].min_khz = 2000000;
        warden_apply(&f->warden);
        rule->has[POLICY_MIN_FREQ] = false;
        rule->has[POLICY_MAX_FREQ] = true;
        rule->max_khz = 1400000;
        warden_plan(&f->warden, true);
        assert_steps(&f->warden.plan, "cpufreq/policy0/scaling_max_freq 2600000>1400000 holds-frequency\n");
        warden_apply(&f->warden);
        warden_restore(&f->warden);
        assert_int_equal(f->host.real.domains[0].min_khz, 2000000);

        f->host.real.domains[0].min_khz = 800000;
        f->host.real.domains[0].max_khz = 1400000;
        rule->max_khz = 2000000;
        warden_apply(&f->warden);
        rule->has[POLICY_MAX_FREQ] = false;
        rule->has[POLICY_MIN_FREQ] = true;
        rule->min_khz = 2000000;
        warden_plan(&f->warden, true);
        assert_steps(&f->warden.plan, "cpufreq/policy0/scaling_min_freq 800000>2000000 holds-frequency\n");
}

static void test_plan_freezes_a_moving_governor_that_stays(void **state)
{
        Fixture *f = *state;

        f->host.tsc_lives = true;
        warden_rule(&f->warden, NULL, NULL, 0, 0, "C3");
        warden_plan(&f->warden, true);
        assert_steps(&f->warden.plan, "cpufreq/policy0/scaling_max_freq 2600000>1400000 none\n"
                                      "cpufreq/policy0/scaling_min_freq 800000>1400000 holds-frequency\n");
        /* The originals of the limits are kept while the frequency may have to be frozen. */
        assert_true(plan_wants(&f->warden.plan, &(KnobId) { .knob = KNOB_SCALING_MAX_FREQ }));
        assert_true(plan_wants(&f->warden.plan, &(KnobId) { .knob = KNOB_SCALING_MIN_FREQ }));
}

static void test_plan_cannot_freeze_an_unknown_frequency(void **state)
{
        Fixture *f = *state;

        f->host.tsc_lives = true;
        f->host.real.domains[0].cur_khz = 0;
        f->host.real.domains[0].frequencies = NULL;
        warden_rule(&f->warden, NULL, "performance", 0, 0, NULL);
        warden_plan(&f->warden, true);
        assert_steps(&f->warden.plan, "cpufreq/policy0/scaling_governor ondemand>performance marks-tsc-unstable!\n");
        assert_non_null(warden_finding(&f->warden, FINDING_NOT_HELD));

        /* A withheld step is not written, so no original is saved. */
        warden_apply(&f->warden);
        assert_int_equal(f->warden.originals.n, 0);
        assert_int_equal(f->warden.n_failed, 1);
}

/* A higher speed may have been requested under userspace. So the present one is written before the maximum rises. */
static void test_plan_pins_the_speed_before_limits_widen(void **state)
{
        Fixture *f = *state;
        FreqDomain *domain = &f->host.real.domains[0];

        f->host.tsc_lives = true;
        strcpy(domain->governor, "userspace");
        domain->max_khz = domain->setspeed_khz = 1400000;
        f->host.setspeed_khz[0] = 2600000;
        warden_rule(&f->warden, NULL, NULL, 0, 2000000, NULL);
        warden_plan(&f->warden, true);
        assert_steps(&f->warden.plan, "cpufreq/policy0/scaling_setspeed 1400000>1400000 holds-frequency\n"
                                      "cpufreq/policy0/scaling_max_freq 1400000>2000000 holds-frequency\n");
        warden_apply(&f->warden);
        assert_int_equal(domain->max_khz, 2000000);
        assert_true(f->host.tsc_lives);

        /* The TSC is lost: the requested speed comes back after the limit. */
        f->host.tsc_lives = false;
        domain->max_khz = 1400000;
        warden_plan(&f->warden, true);
        assert_steps(&f->warden.plan, "cpufreq/policy0/scaling_max_freq 1400000>2000000 holds-frequency\n"
                                      "cpufreq/policy0/scaling_setspeed unknown>1400000 holds-frequency\n");
}

static void test_plan_restores_no_speed_under_another_governor(void **state)
{
        Fixture *f = *state;
        FreqDomain *domain = &f->host.real.domains[0];

        strcpy(domain->governor, "userspace");
        domain->setspeed_khz = f->host.setspeed_khz[0] = 1400000;
        warden_rule(&f->warden, NULL, NULL, 0, 2000000, NULL);
        warden_apply(&f->warden);
        assert_int_equal(fake_host_drift(&f->host, "cpufreq/policy0/scaling_governor", "ondemand"), 0);
        warden_plan(&f->warden, false);
        assert_steps(&f->warden.plan, "cpufreq/policy0/scaling_max_freq 2000000>2600000 none\n");
}

/* The TSC still works and the frequency did not change: the speed is the same, so no step. */
static void test_plan_knows_the_speed_of_a_living_tsc(void **state)
{
        Fixture *f = *state;
        FreqDomain *domain = &f->host.real.domains[0];

        f->host.tsc_lives = true;
        strcpy(domain->governor, "userspace");
        domain->setspeed_khz = f->host.setspeed_khz[0] = 1400000;
        warden_rule(&f->warden, NULL, "performance", 0, 0, NULL);
        warden_apply(&f->warden);
        warden_plan(&f->warden, false);
        assert_steps(&f->warden.plan, "cpufreq/policy0/scaling_governor performance>userspace holds-frequency\n"
                                      "cpufreq/policy0/scaling_max_freq 1400000>2600000 holds-frequency\n"
                                      "cpufreq/policy0/scaling_min_freq 1400000>800000 holds-frequency\n");
}

static void test_plan_takes_a_name_whole(void **state)
{
        Fixture *f = *state;

        rename_state(&f->host, 0, 1, "C1E", 2);
        warden_rule(&f->warden, NULL, NULL, 0, 0, "C1");
        warden_plan(&f->warden, true);
        assert_steps(&f->warden.plan, "cpu0/cpuidle/state2/disable 0>1 limits-idle\n"
                                      "cpu0/cpuidle/state3/disable 0>1 limits-idle\n"
                                      "cpu1/cpuidle/state2/disable 0>1 limits-idle\n"
                                      "cpu1/cpuidle/state3/disable 0>1 limits-idle\n");
        assert_true(cpuset_has(&warden_finding(&f->warden, FINDING_NO_SUCH_CSTATE)->cpus, 0));
}

static void test_plan_leaves_poll_and_what_others_disabled(void **state)
{
        Fixture *f = *state;
        IdleState *poll = snapshot_find_state(&f->host.real, 0, 0);

        /* A latency that cannot be read counts as the deepest, but POLL is never disabled. */
        poll->latency_usec = UINT64_MAX;
        poll->error = -EIO;
        /* Only the shallowest state is enabled again. */
        snapshot_find_state(&f->host.real, 1, 1)->disabled = snapshot_find_state(&f->host.real, 1, 2)->disabled = true;
        warden_rule(&f->warden, NULL, NULL, 0, 0, "C2");
        warden_plan(&f->warden, true);
        assert_steps(&f->warden.plan, "cpu0/cpuidle/state3/disable 0>1 limits-idle\n"
                                      "cpu1/cpuidle/state1/disable 1>0 none\n"
                                      "cpu1/cpuidle/state3/disable 0>1 limits-idle\n");
        assert_int_equal(f->warden.plan.findings.n, 0);
}

/* A value that the daemon wrote never becomes an original. */
static void test_plan_counts_originals_as_what_is_left(void **state)
{
        Fixture *f = *state;

        warden_rule(&f->warden, NULL, NULL, 0, 0, "shallowest");
        warden_apply(&f->warden);
        f->warden.policy.rules[0].idle.kind = IDLE_LIMIT_NAME;
        f->warden.policy.rules[0].idle.name = strdup("C3");
        fake_host_drift(&f->host, "cpu0/cpuidle/state1/disable", "1");
        warden_plan(&f->warden, true);
        assert_steps(&f->warden.plan, "cpu0/cpuidle/state2/disable 1>0 none\n"
                                      "cpu0/cpuidle/state3/disable 1>0 none\n"
                                      "cpu1/cpuidle/state2/disable 1>0 none\n"
                                      "cpu1/cpuidle/state3/disable 1>0 none\n");
}

static void test_plan_does_not_restore_a_state_that_cannot_be_read(void **state)
{
        Fixture *f = *state;

        warden_rule(&f->warden, NULL, NULL, 0, 0, "C2");
        warden_apply(&f->warden);
        snapshot_find_state(&f->host.real, 0, 3)->error = -EIO;
        warden_plan(&f->warden, false);
        assert_steps(&f->warden.plan, "cpu1/cpuidle/state3/disable 1>0 none\n");
}

/* After a reload the wanted value equals the original. The original is kept while the policy sets the knob. */
static void test_originals_of_what_is_wanted_stay(void **state)
{
        Fixture *f = *state;
        PolicyRule *rule = warden_rule(&f->warden, NULL, "performance", 0, 0, NULL);

        warden_apply(&f->warden);
        strcpy(rule->governors[0], "ondemand");
        warden_apply(&f->warden);
        fake_host_drift(&f->host, "cpufreq/policy0/scaling_governor", "schedutil");
        warden_apply(&f->warden);
        warden_restore(&f->warden);
        assert_string_equal(f->host.real.domains[0].governor, "ondemand");
}

static void test_plan_complains_of_nothing_where_nothing_is_applied(void **state)
{
        Fixture *f = *state;

        f->host.real.cpus[1].online = false;
        warden_rule(&f->warden, "1-3", "performance", 0, 0, "shallowest");
        warden_plan(&f->warden, false);
        assert_int_equal(f->warden.plan.findings.n, 0);

        f->host.real.n_domains = 0;
        f->warden.frequency = false;
        warden_plan(&f->warden, true);
        assert_null(warden_finding(&f->warden, FINDING_NO_CPUFREQ));
        f->host.real.n_domains = 1;
}

/* A knob that has disappeared at a stop is given up; during an apply its original is kept, because a driver may come
 * back. */
static void test_originals_of_what_is_gone(void **state)
{
        Fixture *f = *state;
        Snapshot empty = {}, unreadable = { .n_domains = 1, .domains = &(FreqDomain) { .error = -EBUSY } };

        assert_int_equal(originals_add(&f->warden.originals, &(KnobId) { .knob = KNOB_SCALING_GOVERNOR }, "ondemand"),
                         1);
        assert_false(originals_drop_returned(&f->warden.originals, &f->warden.plan, &empty, false));
        assert_false(originals_drop_returned(&f->warden.originals, &f->warden.plan, &unreadable, true));
        assert_int_equal(f->warden.originals.n, 1);
        assert_true(originals_drop_returned(&f->warden.originals, &f->warden.plan, &empty, true));
        assert_int_equal(f->warden.originals.n, 0);
}

/* Each part has its own steps and wanted knobs, and together they are the plan for the whole host. */
static void test_plans_of_parts_make_up_the_whole(void **state)
{
        FakeHost host;
        Warden warden;
        _cleanup_snapshot_ Snapshot snapshot = {};
        size_t n_steps = 0, n_wanted = 0;

        fake_host_init(&host, 3, 2, "ondemand", 1400000);
        host.tsc_lives = false;
        host.real.cpus[5].online = false;
        warden_init(&warden, &host);
        (void)warden_rule(&warden, NULL, "performance", 0, 2000000, "C1");
        warden_plan(&warden, true);
        assert_int_equal(fake_host_ops.enumerate(&host, &snapshot), 0);
        for (unsigned i = 0; i < 3; i++) {
                _cleanup_snapshot_part_ SnapshotPart part = {};
                _cleanup_plan_ Plan plan = {};
                const PlanInput input = { .snapshot = &snapshot,
                                          .policy = &warden.policy,
                                          .originals = &warden.originals,
                                          .part = &part,
                                          .halves = { .frequency = true, .idle = true } };

                assert_int_equal(cpuset_add(&part.domains, 2 * i), 0);
                assert_int_equal(cpuset_add(&part.cpus, 2 * i), 0);
                assert_int_equal(cpuset_add(&part.cpus, 2 * i + 1), 0);
                assert_int_equal(plan_build(&input, &plan), 0);
                for (size_t n = 0; n < plan.n_steps; n++)
                        assert_true(plan_covers(&plan, &plan.steps[n].id));
                for (size_t n = 0; n < plan.n_wanted; n++)
                        assert_true(plan_covers(&plan, &plan.wanted[n].id) &&
                                    plan_wants(&warden.plan, &plan.wanted[n].id));
                n_steps += plan.n_steps;
                n_wanted += plan.n_wanted;
                /* The plan of every part has the finding of the offline CPU. */
                assert_int_equal(plan.findings.n, 1);
                assert_int_equal(plan.findings.entries[0].kind, FINDING_OFFLINE);
        }
        assert_true(n_steps > 0);
        assert_int_equal(n_steps, warden.plan.n_steps);
        assert_int_equal(n_wanted, warden.plan.n_wanted);
        warden_done(&warden);
        fake_host_done(&host);
}

/* A plan for one part does not drop the originals of the others. */
static void test_originals_outside_of_the_part_stay(void **state)
{
        Fixture *f = *state;
        _cleanup_snapshot_ Snapshot snapshot = {};
        _cleanup_plan_ Plan plan = {};

        assert_int_equal(fake_host_ops.enumerate(&f->host, &snapshot), 0);
        assert_int_equal(originals_add(&f->warden.originals, &(KnobId) { .knob = KNOB_SCALING_GOVERNOR }, "ondemand"),
                         1);
        assert_int_equal(cpuset_add(&plan.part.cpus, 1), 0);
        assert_false(originals_drop_returned(&f->warden.originals, &plan, &snapshot, true));
        assert_int_equal(cpuset_add(&plan.part.domains, 0), 0);
        assert_true(originals_drop_returned(&f->warden.originals, &plan, &snapshot, true));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
        const struct CMUnitTest tests[] = {
                TEST(test_plan_sets_governor_once_per_policy),
                TEST(test_plan_orders_limits),
                TEST(test_plan_clamps_limits),
                TEST(test_plan_says_when_cpus_of_one_policy_disagree),
                TEST(test_plan_same_value_in_two_sections_is_no_disagreement),
                TEST(test_plan_refuses_what_a_setpolicy_driver_does_not_list),
                TEST(test_plan_takes_the_first_governor_a_setpolicy_driver_lists),
                TEST(test_plan_limits_idle),
                TEST(test_plan_resolves_names_per_cpu),
                TEST(test_plan_tells_states_of_one_latency_apart),
                TEST(test_plan_says_which_cpus_lack_a_state),
                TEST(test_plan_says_which_policy_cannot_be_read),
                TEST(test_plan_waits_for_a_state_that_went),
                TEST(test_plan_names_the_state_that_cannot_be_read),
                TEST(test_plan_never_leaves_poll_alone),
                TEST(test_plan_waits_for_drivers),
                TEST(test_plan_with_nothing_but_poll_or_one_state_has_nothing_to_limit),
                TEST(test_plan_names_absent_and_offline_cpus),
                TEST(test_plan_says_that_haltpoll_ignores_disable),
                TEST(test_plan_freezes_a_living_tsc_before_the_governor),
                TEST(test_plan_withholds_limits_that_would_move_a_living_tsc),
                TEST(test_plan_withholds_a_minimum_above_a_frozen_maximum),
                TEST(test_plan_withholds_the_governor_where_it_cannot_freeze),
                TEST(test_plan_of_a_resting_policy_is_empty),
                TEST(test_plan_restores_what_is_not_wanted_any_more),
                TEST(test_plan_restores_the_speed_of_userspace),
                TEST(test_plan_clamps_at_either_end),
                TEST(test_plan_rounds_limits_to_the_table),
                TEST(test_plan_rounds_a_speed_as_the_kernel_does),
                TEST(test_plan_originals_do_not_push_the_other_limit_aside),
                TEST(test_plan_freezes_a_moving_governor_that_stays),
                TEST(test_plan_cannot_freeze_an_unknown_frequency),
                TEST(test_plan_pins_the_speed_before_limits_widen),
                TEST(test_plan_restores_no_speed_under_another_governor),
                TEST(test_plan_knows_the_speed_of_a_living_tsc),
                TEST(test_plan_takes_a_name_whole),
                TEST(test_plan_leaves_poll_and_what_others_disabled),
                TEST(test_plan_counts_originals_as_what_is_left),
                TEST(test_plan_does_not_restore_a_state_that_cannot_be_read),
                TEST(test_originals_of_what_is_wanted_stay),
                TEST(test_plan_complains_of_nothing_where_nothing_is_applied),
                TEST(test_originals_of_what_is_gone),
                TEST(test_plans_of_parts_make_up_the_whole),
                TEST(test_originals_outside_of_the_part_stay),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
