/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Plans run on a fake host that follows the kernel's rules, and on fake hosts that do not do what is written to them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <errno.h>

#include <cmocka.h>

#include "warden.h"

static void start(FakeHost *host, Warden *warden, const char *governor, uint64_t cur_khz, bool tsc_lives)
{
        fake_host_init(host, 2, 2, governor, cur_khz);
        host->tsc_lives = tsc_lives;
        warden_init(warden, host);
}

static void finish(FakeHost *host, Warden *warden)
{
        warden_done(warden);
        fake_host_done(host);
}

static void test_run_goes_on_after_a_failing_cpu(void **state)
{
        FakeHost host;
        Warden warden;
        const Finding *finding;

        start(&host, &warden, "ondemand", 1400000, false);
        fake_host_fault(&host, "cpufreq/policy0/scaling_governor", FAKE_FAULT_ERROR, -EIO);
        fake_host_fault(&host, "cpu1/cpuidle/state2/disable", FAKE_FAULT_ERROR, -EPERM);
        warden_rule(&warden, NULL, "performance", 0, 0, "shallowest");
        warden_apply(&warden);
        assert_int_equal(warden.n_failed, 2);
        assert_string_equal(host.real.domains[1].governor, "performance");
        assert_true(snapshot_find_state(&host.real, 3, 3)->disabled);
        finding = warden_finding(&warden, FINDING_FAILED);
        assert_int_equal(finding->error, -EIO);
        assert_true(cpuset_has(&finding->cpus, 0) && cpuset_has(&finding->cpus, 1) && !cpuset_has(&finding->cpus, 2));
        finish(&host, &warden);
}

static void test_run_tries_governors_in_order(void **state)
{
        FakeHost host;
        Warden warden;

        start(&host, &warden, "schedutil", 1400000, false);
        warden_rule(&warden, NULL, "nosuch|conservative|performance", 0, 0, NULL);
        warden_apply(&warden);
        assert_int_equal(warden.n_failed, 0);
        assert_string_equal(host.real.domains[0].governor, "conservative");
        finish(&host, &warden);
}

static void test_run_says_what_is_offered_instead_of_a_refused_governor(void **state)
{
        FakeHost host;
        Warden warden;
        const Finding *finding;

        start(&host, &warden, "schedutil", 1400000, false);
        warden_rule(&warden, NULL, "nosuch|neither", 0, 0, NULL);
        warden_apply(&warden);
        finding = warden_finding(&warden, FINDING_REFUSED);
        assert_non_null(finding);
        assert_string_equal(finding->wanted, "nosuch");
        assert_string_equal(finding->offers, "performance schedutil");
        assert_int_equal(cpuset_count(&finding->cpus), 4);
        assert_string_equal(host.real.domains[0].governor, "schedutil");
        finish(&host, &warden);
}

static void test_run_notices_an_ignored_write(void **state)
{
        FakeHost host;
        Warden warden;
        const Finding *finding;

        start(&host, &warden, "ondemand", 1400000, false);
        fake_host_fault(&host, "cpufreq/policy2/scaling_governor", FAKE_FAULT_IGNORE, 0);
        warden_rule(&warden, NULL, "performance", 0, 0, NULL);
        warden_apply(&warden);
        finding = warden_finding(&warden, FINDING_IGNORED);
        assert_non_null(finding);
        assert_string_equal(finding->actual, "ondemand");
        assert_true(cpuset_has(&finding->cpus, 2) && !cpuset_has(&finding->cpus, 0));
        finish(&host, &warden);
}

/* The kernel accepts a maximum and then shows a lower one, because firmware or a thermal limit asks for less. */
static void test_run_finds_a_limited_maximum(void **state)
{
        static const struct {
                const char *path;
                uint64_t min_khz, max_khz;
                FindingKind kind;
        } rows[] = {
                { "cpufreq/policy0/scaling_max_freq", 0, 2600000, FINDING_LIMITED },
                { "cpufreq/policy0/scaling_max_freq", 0, 1400000, FINDING_IGNORED },
                { "cpufreq/policy0/scaling_min_freq", 1400000, 0, FINDING_IGNORED },
        };

        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                FakeHost host;
                Warden warden;

                start(&host, &warden, "performance", 1800000, false);
                host.real.domains[0].max_khz = 1800000;
                fake_host_fault(&host, rows[i].path, FAKE_FAULT_IGNORE, 0);
                warden_rule(&warden, NULL, NULL, rows[i].min_khz, rows[i].max_khz, NULL);
                warden_apply(&warden);
                assert_non_null(warden_finding(&warden, rows[i].kind));
                finish(&host, &warden);
        }
}

static void test_run_waits_for_a_late_limit(void **state)
{
        FakeHost host;
        Warden warden;

        start(&host, &warden, "performance", 2600000, false);
        fake_host_fault(&host, "cpufreq/policy0/scaling_max_freq", FAKE_FAULT_LATE, 5);
        warden_rule(&warden, NULL, NULL, 0, 2000000, NULL);
        warden_apply(&warden);
        assert_int_equal(warden.n_failed, 0);
        assert_int_equal(host.real.domains[0].max_khz, 2000000);
        finish(&host, &warden);

        start(&host, &warden, "userspace", 1400000, false);
        warden_rule(&warden, "0-1", "performance", 0, 0, NULL);
        warden_apply(&warden);
        fake_host_fault(&host, "cpufreq/policy0/scaling_setspeed", FAKE_FAULT_LATE, 5);
        warden_restore(&warden);
        assert_int_equal(warden.n_failed, 0);
        assert_int_equal(host.real.domains[0].setspeed_khz, 1400000);
        finish(&host, &warden);
}

/* The limits have no effect, so the governor is not written: it would change the frequency. */
static void test_run_withholds_the_governor_after_a_freeze_that_failed(void **state)
{
        FakeHost host;
        Warden warden;

        start(&host, &warden, "userspace", 1400000, true);
        fake_host_fault(&host, "cpufreq/policy0/scaling_max_freq", FAKE_FAULT_IGNORE, 0);
        fake_host_fault(&host, "cpufreq/policy2/scaling_max_freq", FAKE_FAULT_ERROR, -EBUSY);
        warden_rule(&warden, NULL, "performance", 0, 0, NULL);
        warden_apply(&warden);
        assert_true(host.tsc_lives);
        assert_string_equal(host.real.domains[0].governor, "userspace");
        assert_string_equal(host.real.domains[1].governor, "userspace");
        assert_non_null(warden_finding(&warden, FINDING_WITHHELD));
        finish(&host, &warden);
}

static void test_run_keeps_a_living_tsc_through_apply_and_restore(void **state)
{
        FakeHost host;
        Warden warden;

        start(&host, &warden, "userspace", 1400000, true);
        warden_rule(&warden, NULL, "performance", 0, 0, "shallowest");
        warden_apply(&warden);
        assert_int_equal(warden.n_failed, 0);
        assert_string_equal(host.real.domains[0].governor, "performance");
        warden_restore(&warden);
        assert_int_equal(warden.n_failed, 0);
        assert_string_equal(host.real.domains[0].governor, "userspace");
        assert_int_equal(host.real.domains[0].max_khz, 2600000);
        assert_int_equal(host.real.domains[0].min_khz, 800000);
        assert_true(host.tsc_lives);
        finish(&host, &warden);
}

/* ondemand changes the frequency as soon as its limits allow it. So the limits stay equal, and their originals are
 * kept. */
static void test_run_keeps_the_freeze_under_a_restored_moving_governor(void **state)
{
        FakeHost host;
        Warden warden;

        start(&host, &warden, "schedutil", 2600000, true);
        warden_rule(&warden, NULL, "performance", 0, 0, NULL);
        warden_apply(&warden);
        warden_restore(&warden);
        assert_string_equal(host.real.domains[0].governor, "schedutil");
        assert_int_equal(host.real.domains[0].min_khz, 2600000);
        assert_int_equal(warden.originals.n, 2);
        assert_non_null(warden_finding(&warden, FINDING_WITHHELD));
        fake_host_tick(&host, 0);
        assert_true(host.tsc_lives);

        /* The TSC is lost after all, so nothing is protected any more. */
        host.tsc_lives = false;
        warden_restore(&warden);
        assert_int_equal(host.real.domains[0].min_khz, 800000);
        assert_int_equal(warden.originals.n, 0);
        finish(&host, &warden);
}

/* Runs the plan of `warden` step by step, at times that the test chooses. */
typedef struct Stepper {
        Snapshot snapshot;
        Run run;
} Stepper;

static void stepper_init(Stepper *stepper, Warden *warden)
{
        *stepper = (Stepper) {};
        warden_plan(warden, true);
        assert_int_equal(fake_host_ops.enumerate(warden->host, &stepper->snapshot), 0);
        run_init(&stepper->run, &fake_host_ops, warden->host, &warden->plan, &stepper->snapshot,
                 warden->host->tsc_lives);
}

static void stepper_done(Stepper *stepper)
{
        run_done(&stepper->run);
        snapshot_done(&stepper->snapshot);
}

static RunState stepper_go(Stepper *stepper, uint64_t now_usec, unsigned max_steps)
{
        RunState run_state = RUN_DONE;

        assert_int_equal(run_advance(&stepper->run, now_usec, max_steps, &run_state), 0);
        return run_state;
}

static void test_run_goes_in_slices(void **state)
{
        FakeHost host;
        Warden warden;
        Stepper stepper;

        start(&host, &warden, "ondemand", 1400000, false);
        warden_rule(&warden, NULL, "performance", 0, 0, "C2");
        stepper_init(&stepper, &warden);
        assert_int_equal(warden.plan.n_steps, 6);
        assert_int_equal(stepper_go(&stepper, 1, 4), RUN_MORE);
        assert_int_equal(host.n_writes, 4);
        assert_int_equal(stepper_go(&stepper, 2, 4), RUN_DONE);
        assert_int_equal(host.n_writes, 6);
        assert_int_equal(stepper.run.n_done, 6);
        assert_int_equal(stepper.run.n_failed, 0);
        stepper_done(&stepper);
        finish(&host, &warden);
}

/* A limit may take effect late, a governor does at once. After one limit has used all its time, the next one gets
 * little. */
static void test_run_gives_up_on_a_limit_that_never_comes(void **state)
{
        FakeHost host;
        Warden warden;
        Stepper stepper;

        start(&host, &warden, "performance", 2600000, false);
        fake_host_fault(&host, "cpufreq/policy0/scaling_max_freq", FAKE_FAULT_IGNORE, 0);
        fake_host_fault(&host, "cpufreq/policy2/scaling_max_freq", FAKE_FAULT_IGNORE, 0);
        fake_host_fault(&host, "cpufreq/policy2/scaling_governor", FAKE_FAULT_IGNORE, 0);
        warden_rule(&warden, NULL, "powersave", 0, 2000000, NULL);
        stepper_init(&stepper, &warden);
        assert_int_equal(stepper_go(&stepper, 1000, 64), RUN_WAIT);
        assert_int_equal(stepper_go(&stepper, 1000 + RUN_WAIT_USEC - 1, 64), RUN_WAIT);
        assert_int_equal(host.n_writes, 1);
        assert_int_equal(stepper_go(&stepper, 1000 + RUN_WAIT_USEC, 64), RUN_WAIT);
        /* The governor of policy0 and the second limit. */
        assert_int_equal(host.n_writes, 3);
        assert_int_equal(stepper_go(&stepper, 1000 + RUN_WAIT_USEC + RUN_WAIT_AGAIN_USEC, 64), RUN_DONE);
        assert_int_equal(stepper.run.n_done, 1);
        assert_int_equal(stepper.run.n_failed, 3);
        stepper_done(&stepper);
        finish(&host, &warden);
}

/* intel_pstate lists all its governors, so the plan writes only a listed name. After another error than EINVAL no other
 * name is tried. */
static void test_run_writes_only_names_worth_a_try(void **state)
{
        FakeHost host;
        Warden warden;

        start(&host, &warden, "performance", 2600000, false);
        for (unsigned i = 0; i < 2; i++) {
                strcpy(host.real.domains[i].driver, "intel_pstate");
                host.real.domains[i].governors = "powersave";
        }
        warden_rule(&warden, NULL, "ondemand|powersave", 0, 0, NULL);
        warden_apply(&warden);
        assert_string_equal(host.log,
                            "cpufreq/policy0/scaling_governor=powersave\ncpufreq/policy2/scaling_governor=powersave\n");
        finish(&host, &warden);

        start(&host, &warden, "ondemand", 2600000, false);
        fake_host_fault(&host, "cpufreq/policy0/scaling_governor", FAKE_FAULT_ERROR, -EBUSY);
        warden_rule(&warden, "0-1", "performance|powersave", 0, 0, NULL);
        warden_apply(&warden);
        assert_string_equal(host.log, "cpufreq/policy0/scaling_governor=performance\n");
        assert_int_equal(warden_finding(&warden, FINDING_FAILED)->error, -EBUSY);
        assert_null(warden_finding(&warden, FINDING_REFUSED));
        finish(&host, &warden);
}

/* The refused governor is an original and not a configured one, so the message must not blame the configuration. */
static void test_run_does_not_call_an_original_refused(void **state)
{
        FakeHost host;
        Warden warden;

        start(&host, &warden, "ondemand", 1400000, false);
        warden_rule(&warden, "0-1", "performance", 0, 0, NULL);
        warden_apply(&warden);
        fake_host_fault(&host, "cpufreq/policy0/scaling_governor", FAKE_FAULT_ERROR, -EINVAL);
        warden_restore(&warden);
        assert_null(warden_finding(&warden, FINDING_REFUSED));
        assert_int_equal(warden_finding(&warden, FINDING_FAILED)->error, -EINVAL);
        assert_int_equal(warden.originals.n, 1);
        finish(&host, &warden);
}

/* cpupower -f sets the governor userspace and the next speed of the table that is not lower. */
static void test_run_sets_a_speed(void **state)
{
        FakeHost host;
        Warden warden;
        _cleanup_free_ char *before = NULL, *after = NULL;

        start(&host, &warden, "ondemand", 1400000, false);
        before = fake_host_dump(&host);
        warden_options(&warden, "frequency-set -f 1.9GHz");
        warden_apply(&warden);
        assert_int_equal(warden.n_failed, 0);
        assert_string_equal(host.real.domains[1].governor, "userspace");
        assert_int_equal(host.real.domains[1].cur_khz, 2000000);
        warden_plan(&warden, true);
        assert_int_equal(warden.plan.n_steps, 0);

        /* A governor that comes later in the options cancels the speed. */
        warden_options(&warden, "frequency-set -g performance");
        warden_apply(&warden);
        assert_string_equal(host.real.domains[1].governor, "performance");
        warden_restore(&warden);
        after = fake_host_dump(&host);
        assert_string_equal(after, before);
        assert_int_equal(warden.originals.n, 0);
        finish(&host, &warden);
}

static void test_run_withholds_a_speed_that_costs_the_tsc(void **state)
{
        FakeHost host;
        Warden warden;
        const Finding *finding;

        start(&host, &warden, "powersave", 800000, true);
        warden_options(&warden, "frequency-set -f 2GHz");
        warden_apply(&warden);
        assert_true(host.tsc_lives);
        assert_string_equal(host.real.domains[0].governor, "userspace");
        assert_int_equal(host.real.domains[0].cur_khz, 800000);
        finding = warden_finding(&warden, FINDING_WITHHELD);
        assert_non_null(finding);
        assert_int_equal(finding->knob, KNOB_SCALING_SETSPEED);
        assert_string_equal(finding->wanted, "2000000");

        /* The TSC is lost after all: now the speed is set. */
        host.tsc_lives = false;
        warden_apply(&warden);
        assert_int_equal(host.real.domains[0].cur_khz, 2000000);
        finish(&host, &warden);
}

static void test_run_leaves_a_speed_alone_that_nobody_named(void **state)
{
        FakeHost host;
        Warden warden;

        start(&host, &warden, "userspace", 1400000, false);
        warden_options(&warden, "frequency-set -g userspace");
        warden_apply(&warden);
        assert_int_equal(host.n_writes, 0);
        finish(&host, &warden);
}

/* `disable` of the states of one CPU. */
static const char *disabled_states(const FakeHost *host, unsigned cpu, char buffer[static 5])
{
        for (unsigned i = 0; i < 4; i++)
                buffer[i] = snapshot_find_state(&host->real, cpu, i)->disabled ? '1' : '0';
        buffer[4] = '\0';
        return buffer;
}

static void test_run_idle_set(void **state)
{
        static const struct {
                const char *options, *cpu0, *cpu1;
        } cases[] = {
                { "idle-set -d 2", "0010", "0010" },
                { "idle-set -d 2 ; idle-set -d 3 ; -c 1 idle-set -e 2", "0011", "0001" },
                { "idle-set -D 75", "0011", "0011" },
                { "idle-set -D 76 ; -c 1 idle-set -E", "0001", "0000" },
                { "idle-set -d 0", "1000", "1000" },
                { "idle-set -E ; idle-set -D 10 ; idle-set -e 3", "0010", "0010" },
                /* POLL is never the only state left. */
                { "idle-set -D 0", "0011", "0011" },
                { "idle-set -D 2", "0011", "0011" },
                { "idle-set -d 1 ; idle-set -d 2 ; idle-set -d 3", "0011", "0011" },
                { "idle-set -d 9", "0000", "0000" },
        };
        char states[5];

        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                FakeHost host;
                Warden warden;

                start(&host, &warden, "ondemand", 1400000, false);
                warden_options(&warden, cases[i].options);
                warden_apply(&warden);
                print_message("%s\n", cases[i].options);
                assert_string_equal(disabled_states(&host, 0, states), cases[i].cpu0);
                assert_string_equal(disabled_states(&host, 1, states), cases[i].cpu1);
                assert_int_equal(warden_finding(&warden, FINDING_CLAMPED) != NULL, i >= 6 && i <= 8);
                assert_int_equal(warden_finding(&warden, FINDING_NO_SUCH_STATE) != NULL, i == 9);
                warden_restore(&warden);
                assert_string_equal(disabled_states(&host, 0, states), "0000");
                finish(&host, &warden);
        }
}

/* Energy preferences are read only if a rule sets them. */
static void test_run_energy_preferences(void **state)
{
        FakeHost host;
        Warden warden;

        start(&host, &warden, "ondemand", 1400000, true);
        fake_host_fault(&host, "cpufreq/policy2/energy_performance_preference", FAKE_FAULT_VANISH, 0);
        fake_host_fault(&host, "cpu1/power/energy_perf_bias", FAKE_FAULT_ERROR, -EIO);
        warden_options(&warden, "set -e power ; -c 0-1 set -b 15");
        warden_apply(&warden);
        assert_true(host.tsc_lives);
        assert_string_equal(host.real.domains[0].preference.text, "power");
        assert_string_equal(host.real.cpus[0].perf_bias.text, "15");
        assert_string_equal(host.real.cpus[2].perf_bias.text, "6");
        assert_string_equal(host.real.domains[0].governor, "ondemand");
        assert_int_equal(warden_finding(&warden, FINDING_NO_SUCH_KNOB)->knob, KNOB_ENERGY_PERFORMANCE_PREFERENCE);
        assert_int_equal(warden_finding(&warden, FINDING_FAILED)->knob, KNOB_ENERGY_PERF_BIAS);

        /* A reload to a policy without energy preferences restores them. */
        policy_done(&warden.policy);
        warden_options(&warden, "frequency-set -g performance");
        warden_apply(&warden);
        assert_string_equal(host.real.domains[0].preference.text, "balance_performance");
        assert_string_equal(host.real.cpus[0].perf_bias.text, "6");
        finish(&host, &warden);
}

/* When a policy is left in force, the originals of knobs that have their wanted value are dropped; the others are
 * restored. */
static void test_run_stop_policy(void **state)
{
        FakeHost host;
        Warden warden;

        start(&host, &warden, "userspace", 800000, false);
        fake_host_drift(&host, "cpu0/cpuidle/state3/disable", "1");
        warden_options(&warden, "frequency-set -g performance -u 2GHz ; idle-set -D 10");
        warden_apply(&warden);
        policy_done(&warden.policy);
        warden_options(&warden, "frequency-set -g ondemand ; -c 0 idle-set -e 3");
        fake_host_fault(&host, "cpufreq/policy2/scaling_governor", FAKE_FAULT_ERROR, -EIO);
        warden_apply(&warden);
        warden_leave(&warden);
        host.n_faults = 0;
        warden_restore(&warden);
        assert_string_equal(host.real.domains[0].governor, "ondemand");
        assert_string_equal(host.real.domains[1].governor, "userspace");
        assert_int_equal(host.real.domains[1].cur_khz, 800000);
        assert_int_equal(host.real.domains[0].max_khz, 2600000);
        assert_false(snapshot_find_state(&host.real, 0, 3)->disabled);
        assert_false(snapshot_find_state(&host.real, 1, 2)->disabled);
        assert_int_equal(warden.originals.n, 0);
        finish(&host, &warden);
}

typedef struct Random {
        uint64_t state;
} Random;

static unsigned random_below(Random *random, unsigned n)
{
        /* splitmix64 */
        uint64_t z = random->state += 0x9e3779b97f4a7c15;

        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return (unsigned)((z ^ (z >> 31)) % n);
}

static const uint64_t speeds[] = { 0, 800000, 1400000, 2000000, 2600000 };
static const char *const governors[] = { "performance", "powersave", "userspace", "ondemand", "schedutil" };

static uint64_t random_limit(Random *random)
{
        return speeds[random_below(random, ARRAY_SIZE(speeds))];
}

static void random_policy(Random *random, Warden *warden)
{
        static const char *const wishes[] = {
                "performance",           "powersave", "nosuch|performance", "userspace|powersave", "ondemand",
                "schedutil|performance", NULL
        };
        static const char *const cstates[] = { "shallowest", "C1", "C2", "C3", "C9", "80us", NULL };
        static const char *const cpus[] = { "0-1", "0", "2-3", "1-2", "9", NULL };
        static const char *const options[] = {
                "frequency-set -g performance",
                "frequency-set -d 1.4GHz -u 2GHz",
                "frequency-set -f 2GHz",
                "-c 2 frequency-set -f 1.9GHz ; idle-set -D 10",
                "frequency-set -f 9GHz",
                "-c 0-1 frequency-set -u 800MHz",
                "idle-set -d 1 ; idle-set -d 2 ; idle-set -d 3",
                "idle-set -E",
                "idle-set -D 0",
                "-c 1 idle-set -d 0",
                "set -e power -b 15",
                "-c 3 set -e performance",
                "frequency-set -g ondemand ; set -b 0",
                "frequency-set -g userspace",
                "frequency-set -f 800MHz ; frequency-set -u 2.6GHz",
        };

        policy_done(&warden->policy);
        for (unsigned n = random_below(random, 3) == 0 ? 1 + random_below(random, 3) : 0; n > 0; n--)
                warden_options(warden, options[random_below(random, ARRAY_SIZE(options))]);
        for (unsigned n = warden->policy.n_rules > 0 ? 0 : 1 + random_below(random, 3); n > 0; n--) {
                uint64_t min = random_limit(random), max = random_limit(random);

                warden_rule(warden, cpus[random_below(random, ARRAY_SIZE(cpus))],
                            wishes[random_below(random, ARRAY_SIZE(wishes))], max && min > max ? max : min, max,
                            cstates[random_below(random, ARRAY_SIZE(cstates))]);
        }
        warden->frequency = random_below(random, 8) > 0;
        warden->idle = random_below(random, 8) > 0;
}

static void random_fault(Random *random, FakeHost *host)
{
        static const char *const paths[] = { "cpufreq/policy0/scaling_max_freq", "cpufreq/policy0/scaling_min_freq",
                                             "cpufreq/policy2/scaling_governor", "cpufreq/policy2/scaling_min_freq",
                                             "cpu1/cpuidle/state2/disable" };
        static const int errors[] = { -EIO, -EBUSY, -EINVAL, -ENODEV };

        host->n_faults = 0;
        if (random_below(random, 2) == 0)
                fake_host_fault(host, paths[random_below(random, ARRAY_SIZE(paths))], FAKE_FAULT_ERROR,
                                errors[random_below(random, ARRAY_SIZE(errors))]);
}

static void random_drift(Random *random, FakeHost *host)
{
        static const char *const paths[] = { "cpufreq/policy0/scaling_governor", "cpufreq/policy2/scaling_governor" };
        static const char *const limits[] = { "cpufreq/policy0/scaling_max_freq", "cpufreq/policy2/scaling_min_freq" };
        static const char *const told[] = { "cpufreq/policy0/scaling_setspeed", "cpufreq/policy2/scaling_setspeed" };
        char khz[KNOB_VALUE_SIZE];

        /* Under userspace it may lie beyond the limits and wait for them. */
        if (random_below(random, 3) == 0) {
                snprintf(khz, sizeof(khz), "%lu", (unsigned long)speeds[1 + random_below(random, 4)]);
                (void)fake_host_drift(host, told[random_below(random, 2)], khz);
                return;
        }
        if (random_below(random, 2)) {
                (void)fake_host_drift(host, paths[random_below(random, 2)],
                                      governors[random_below(random, ARRAY_SIZE(governors))]);
                return;
        }
        snprintf(khz, sizeof(khz), "%lu", (unsigned long)speeds[1 + random_below(random, 4)]);
        (void)fake_host_drift(host, limits[random_below(random, 2)], khz);
}

/* No sequence of apply, reload, drift, faults, stop and restore makes our writes cost a TSC that works. */
static void test_property_never_costs_a_living_tsc(void **state)
{
        unsigned survived = 0;

        for (uint64_t seed = 1; seed <= 20000; seed++) {
                Random random = { seed };
                FakeHost host;
                Warden warden;

                start(&host, &warden, governors[random_below(&random, ARRAY_SIZE(governors))],
                      speeds[1 + random_below(&random, 4)], true);
                random_policy(&random, &warden);
                for (unsigned n = 0; n < 12 && host.tsc_lives; n++)
                        switch (random_below(&random, 8)) {
                        case 0:
                        case 1:
                                warden_apply(&warden);
                                break;
                        case 2:
                                random_policy(&random, &warden);
                                warden_apply(&warden);
                                break;
                        case 3:
                                random_drift(&random, &host);
                                break;
                        case 4:
                                random_fault(&random, &host);
                                break;
                        case 5:
                                warden_restore(&warden);
                                break;
                        case 6:
                                random_policy(&random, &warden);
                                warden_apply(&warden);
                                warden_leave(&warden);
                                warden_restore(&warden);
                                break;
                        default:
                                fake_host_tick(&host, random_below(&random, 4));
                        }
                fake_host_tick(&host, random_below(&random, 4));
                survived += host.tsc_lives;
                if (host.lost_by_us)
                        fail_msg("seed %lu: the TSC was lost by what we wrote:\n%s", (unsigned long)seed, host.log);
                finish(&host, &warden);
        }
        /* Without writes this test would prove nothing. */
        assert_in_range(survived, 4000, 19000);
}

/* After a plan was carried out the next plan is empty, and its inverse restores the host. */
static void test_property_applies_and_restores(void **state)
{
        for (uint64_t seed = 1; seed <= 5000; seed++) {
                Random random = { seed };
                FakeHost host;
                Warden warden;
                _cleanup_free_ char *before = NULL, *after = NULL;
                bool refused;

                start(&host, &warden, governors[random_below(&random, ARRAY_SIZE(governors))], 1400000, false);
                fake_host_drift(&host, "cpu2/cpuidle/state1/disable", random_below(&random, 2) ? "1" : "0");
                before = fake_host_dump(&host);
                for (unsigned n = 1 + random_below(&random, 3); n > 0; n--) {
                        random_policy(&random, &warden);
                        warden_apply(&warden);
                }
                refused = warden_finding(&warden, FINDING_REFUSED) || strstr(host.log, "nosuch");
                if (warden.n_failed > 0)
                        fail_msg("seed %lu: %u steps failed:\n%s", (unsigned long)seed, warden.n_failed, host.log);
                warden_plan(&warden, true);
                if (!refused && warden.plan.n_steps > 0)
                        fail_msg("seed %lu: %zu steps left after an apply:\n%s", (unsigned long)seed,
                                 warden.plan.n_steps, host.log);

                warden_restore(&warden);
                after = fake_host_dump(&host);
                if (strcmp(before, after) != 0)
                        fail_msg("seed %lu: was\n%sis\n%safter\n%s", (unsigned long)seed, before, after, host.log);
                if (warden.originals.n > 0)
                        fail_msg("seed %lu: %s and %zu more are still kept after\n%s", (unsigned long)seed,
                                 warden.originals.entries[0].value, warden.originals.n - 1, host.log);
                finish(&host, &warden);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_run_goes_on_after_a_failing_cpu),
                cmocka_unit_test(test_run_tries_governors_in_order),
                cmocka_unit_test(test_run_says_what_is_offered_instead_of_a_refused_governor),
                cmocka_unit_test(test_run_notices_an_ignored_write),
                cmocka_unit_test(test_run_finds_a_limited_maximum),
                cmocka_unit_test(test_run_waits_for_a_late_limit),
                cmocka_unit_test(test_run_withholds_the_governor_after_a_freeze_that_failed),
                cmocka_unit_test(test_run_keeps_a_living_tsc_through_apply_and_restore),
                cmocka_unit_test(test_run_keeps_the_freeze_under_a_restored_moving_governor),
                cmocka_unit_test(test_run_goes_in_slices),
                cmocka_unit_test(test_run_gives_up_on_a_limit_that_never_comes),
                cmocka_unit_test(test_run_writes_only_names_worth_a_try),
                cmocka_unit_test(test_run_does_not_call_an_original_refused),
                cmocka_unit_test(test_run_sets_a_speed),
                cmocka_unit_test(test_run_withholds_a_speed_that_costs_the_tsc),
                cmocka_unit_test(test_run_leaves_a_speed_alone_that_nobody_named),
                cmocka_unit_test(test_run_idle_set),
                cmocka_unit_test(test_run_energy_preferences),
                cmocka_unit_test(test_run_stop_policy),
                cmocka_unit_test(test_property_never_costs_a_living_tsc),
                cmocka_unit_test(test_property_applies_and_restores),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
