/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "model/outcome.h"

static char clocksources[] = "hpet acpi_pm", with_tsc[] = "tsc hpet";

static Facts lost = { .n_cpus = 2, .available_clocksources = clocksources };
static Facts fragile = { .n_cpus = 2, .available_clocksources = with_tsc };
static Facts guest = { .n_cpus = 2, .available_clocksources = clocksources, .hypervisor = true };
static char parameters[] = "cpufreq.off=1", all_parameters[] = "cpufreq.off=1 idle=poll";
static Facts no_cpufreq = { .n_cpus = 2, .available_clocksources = with_tsc, .cmdline = parameters };
static Facts no_drivers = { .available_clocksources = with_tsc, .cmdline = all_parameters };
static Facts needless = { .n_cpus = 2,
                          .available_clocksources = with_tsc,
                          .cmdline = all_parameters,
                          .constant_tsc = true,
                          .nonstop_tsc = true };
static Facts healthy = { .n_cpus = 2, .available_clocksources = with_tsc, .constant_tsc = true, .nonstop_tsc = true };

#define LOST                                                                                                          \
        " The kernel had given up the TSC before, and it stays lost until the next boot: the policy keeps the CPUs' " \
        "frequency constant and cannot bring the TSC back."
#define NO_GUESTS "No virtual machine runs, and the policy waits for one (APPLY_WHEN=guests)."
#define NO_CPUFREQ                                                                                                        \
        " cpufreq.off=1 on the kernel command line lets no cpufreq driver register: the frequency stays as the firmware " \
        "set it, and there is nothing to set."
#define NEEDLESS "Every CPU has constant_tsc and nonstop_tsc."

static void assert_outcome(const OutcomeInput *input, PolicyState expected_state, const char *expected)
{
        _cleanup_free_ char *reason = NULL, *summary = NULL;
        PolicyState is;

        assert_int_equal(outcome_judge(input, &is, &reason, &summary), 0);
        assert_string_equal(policy_state_to_string(is), policy_state_to_string(expected_state));
        assert_string_equal(reason, expected);
        /* The summary is how the reason begins. */
        assert_int_equal(summary != NULL, is == POLICY_STATE_APPLIED);
        assert_int_equal(strncmp(reason, summary ? summary : "", summary ? strlen(summary) : 0), 0);
}

static void test_outcome_without_findings(void **state)
{
        static const Findings none;
        static const struct {
                OutcomeInput input;
                PolicyState state;
                const char *reason;
        } rows[] = {
                { { .facts = &lost, .halves.frequency = true, .halves.idle = true, .n_knobs = 12 },
                  POLICY_STATE_APPLIED,
                  "12 knobs hold the frequency and idle policy." LOST },
                { { .facts = &lost, .halves.idle = true, .n_knobs = 4 },
                  POLICY_STATE_APPLIED,
                  "4 knobs hold the idle policy. The kernel had given up the TSC before, and it stays lost until the "
                  "next boot: the policy keeps "
                  "the CPUs out of deep C-states and cannot bring the TSC back." },
                { { .facts = &lost, .halves.frequency = true, .n_knobs = 1 },
                  POLICY_STATE_APPLIED,
                  "1 knob holds the frequency policy." LOST },
                { { .facts = &fragile, .halves.frequency = true, .n_knobs = 4 },
                  POLICY_STATE_APPLIED,
                  "4 knobs hold the frequency policy. The TSC still works, so the CPUs keep their frequency." },
                { { .facts = &fragile, .halves.idle = true, .n_knobs = 2 },
                  POLICY_STATE_APPLIED,
                  "2 knobs hold the idle policy." },
                { { .facts = &healthy, .halves.frequency = true, .halves.idle = true, .n_knobs = 3 },
                  POLICY_STATE_APPLIED,
                  "3 knobs hold the frequency and idle policy." },
                { { .facts = &guest, .halves.frequency = true, .n_knobs = 3 },
                  POLICY_STATE_APPLIED,
                  "3 knobs hold the frequency policy." },
                { { .facts = &lost, .never = true }, POLICY_STATE_DISABLED, "APPLY=never." },
                { { .facts = &healthy }, POLICY_STATE_NOT_NEEDED, NEEDLESS },
                { { .facts = &healthy, .for_guests = true }, POLICY_STATE_NOT_NEEDED, NEEDLESS },
                { { .facts = &lost, .for_guests = true, .no_guests = true }, POLICY_STATE_WAITING, NO_GUESTS },
                { { .facts = &fragile, .for_guests = true, .no_guests = true },
                  POLICY_STATE_WAITING,
                  NO_GUESTS
                  " Until then the first change of a CPU's frequency costs this host its TSC; APPLY_WHEN=always would "
                  "keep "
                  "it." },
                { { .facts = &lost, .for_guests = true, .no_guests = true, .never = true },
                  POLICY_STATE_DISABLED,
                  "APPLY=never." },
                { { .facts = &guest, .for_guests = true, .halves.idle = true, .n_knobs = 1 },
                  POLICY_STATE_APPLIED,
                  "1 knob holds the idle policy. It was applied after the first virtual machine had started "
                  "(APPLY_WHEN=guests)." },
                { { .facts = &guest, .for_guests = true, .guests_unknown = true, .halves.idle = true, .n_knobs = 1 },
                  POLICY_STATE_APPLIED,
                  "1 knob holds the idle policy. The number of virtual machines is not known; some are assumed to run "
                  "(APPLY_WHEN=guests)." },
                { { .facts = &needless }, POLICY_STATE_NOT_NEEDED, NEEDLESS },
                { { .facts = &no_cpufreq, .halves.idle = true, .n_knobs = 2 },
                  POLICY_STATE_APPLIED,
                  "2 knobs hold the idle policy." NO_CPUFREQ },
                { { .facts = &no_cpufreq, .halves.idle = true },
                  POLICY_STATE_APPLIED,
                  "There is nothing to set for the idle policy." NO_CPUFREQ },
                { { .facts = &no_cpufreq, .never = true }, POLICY_STATE_DISABLED, "APPLY=never." },
                { { .facts = &no_drivers },
                  POLICY_STATE_NOT_NEEDED,
                  "constant_tsc is missing and nonstop_tsc is missing: the TSC follows the CPU's frequency and stops "
                  "in deep C-states." NO_CPUFREQ
                  " cpuidle.off=1 or idle= on the kernel command line lets no cpuidle driver register: there are no "
                  "C-states to limit." },
                { { .facts = &healthy, .unused.frequency = true },
                  POLICY_STATE_NOT_NEEDED,
                  NEEDLESS
                  " The configured frequency policy is not applied: this host does not need it. With APPLY=always it "
                  "is applied in any case." },
                { { .facts = &healthy, .unused.frequency = true, .unused.idle = true },
                  POLICY_STATE_NOT_NEEDED,
                  NEEDLESS " The configured frequency and idle policy is not applied: this host does not need it. With "
                           "APPLY=always it is applied in any case." },
                { { .facts = &lost, .halves.frequency = true, .unused.idle = true, .n_knobs = 2 },
                  POLICY_STATE_APPLIED,
                  "2 knobs hold the frequency policy." LOST
                  " The configured idle policy is not applied: this host does not need it. "
                  "With APPLY=always it is applied in any case." },
        };

        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                OutcomeInput input = rows[i].input;

                input.findings = &none;
                assert_outcome(&input, rows[i].state, rows[i].reason);
        }
}

/* The texts about the frequency depend on what the governors do. */
static void test_outcome_says_what_the_governor_does(void **state)
{
        FreqDomain domain = { .governor = "ondemand",
                              .min_khz = 1000000,
                              .max_khz = 2400000,
                              .cur_khz = 1000000,
                              .hw_min_khz = 1000000,
                              .hw_max_khz = 2400000 };
        const Snapshot snapshot = { .domains = &domain, .n_domains = 1 };
        static const Findings none;
        _cleanup_policy_ Policy policy = {};
        OutcomeInput input = { .facts = &lost,
                               .halves.frequency = true,
                               .n_knobs = 1,
                               .findings = &none,
                               .snapshot = &snapshot,
                               .policy = &policy };
        PolicyRule *rule = policy_add_rule(&policy);

        rule->file = strdup("/etc/x");
        rule->governors = calloc(2, sizeof(char *));
        rule->governors[0] = strdup("ondemand");
        rule->has[POLICY_GOVERNOR] = true;
        rule->lines[POLICY_GOVERNOR] = 3;
        assert_int_equal(cpuset_add(&domain.cpus, 0), 0);
        assert_outcome(
                &input, POLICY_STATE_APPLIED,
                "1 knob has the value that the frequency policy sets. The governor ondemand (GOVERNOR, /etc/x:3) "
                "changes the frequency by itself, and the "
                "TSC of a CPU without constant_tsc follows it. The kernel had given up the TSC before, and it stays "
                "lost until the next boot.");
        /* The governor differs from the configured one, or no line configures one. */
        strcpy(domain.governor, "schedutil");
        assert_outcome(
                &input, POLICY_STATE_APPLIED,
                "1 knob has the value that the frequency policy sets. The governor schedutil changes the frequency by "
                "itself, and the "
                "TSC of a CPU without constant_tsc follows it. The kernel had given up the TSC before, and it stays "
                "lost until the next boot.");
        rule->has[POLICY_GOVERNOR] = false;
        assert_outcome(
                &input, POLICY_STATE_APPLIED,
                "1 knob has the value that the frequency policy sets. The governor schedutil, which the configuration "
                "does not mention, changes the frequency by itself, and the TSC of a CPU without constant_tsc follows "
                "it. The kernel had given up the TSC before, and it stays lost until the next boot.");
        rule->has[POLICY_GOVERNOR] = true;
        /* Under a driver with setpolicy the governor powersave follows the load. */
        strcpy(domain.governor, "powersave");
        strcpy(domain.driver, "intel_pstate");
        input.facts = &healthy;
        assert_outcome(&input, POLICY_STATE_APPLIED, "1 knob has the value that the frequency policy sets.");
        strcpy(domain.driver, "acpi-cpufreq");
        assert_outcome(&input, POLICY_STATE_APPLIED, "1 knob holds the frequency policy.");
        input.facts = &lost;
        strcpy(domain.governor, "performance");
        assert_outcome(&input, POLICY_STATE_APPLIED, "1 knob holds the frequency policy." LOST);
        input.facts = &fragile;
        domain.max_khz = 1000000;
        assert_outcome(
                &input, POLICY_STATE_APPLIED,
                "1 knob holds the frequency policy. The TSC still works, so the CPUs keep their frequency, 1000 MHz of "
                "2400 MHz, "
                "until the next boot.");
        cpuset_done(&domain.cpus);
}

/* The texts about C-states depend on the states that stay allowed. C1E does not count as deep. */
static void test_outcome_says_what_stays_allowed(void **test_state)
{
        IdleState states[] = { { .name = "POLL" },
                               { .name = "C1", .latency_usec = 1, .index = 1 },
                               { .name = "C1E", .latency_usec = 10, .index = 2 },
                               { .name = "C2", .latency_usec = 50, .index = 3 } };
        CpuState cpu = { .id = 1, .n_states = ARRAY_SIZE(states), .states = states, .online = true };
        const Snapshot snapshot = { .cpus = &cpu, .n_cpus = 1 };
        static const Findings none;
        _cleanup_policy_ Policy policy = {};
        OutcomeInput input = { .facts = &fragile,
                               .halves.idle = true,
                               .n_knobs = 3,
                               .findings = &none,
                               .snapshot = &snapshot,
                               .policy = &policy };
        PolicyRule *rule = policy_add_rule(&policy);

        rule->file = strdup("/etc/x");
        rule->has[POLICY_IDLE_SET] = true;
        rule->lines[POLICY_IDLE_SET] = 4;
        assert_outcome(
                &input, POLICY_STATE_APPLIED,
                "3 knobs have the values that the idle policy sets. The C-state C2 stays allowed (idle-set, /etc/x:4), "
                "and the TSC of a "
                "CPU without nonstop_tsc may stop in it.");
        rule->has[POLICY_IDLE_SET] = false;
        rule->has[POLICY_MAX_CSTATE] = true;
        rule->lines[POLICY_MAX_CSTATE] = 5;
        assert_outcome(&input, POLICY_STATE_APPLIED,
                       "3 knobs have the values that the idle policy sets. The C-state C2 stays allowed (MAX_CSTATE, "
                       "/etc/x:5), and the TSC of a "
                       "CPU without nonstop_tsc may stop in it.");
        input.facts = &healthy;
        assert_outcome(&input, POLICY_STATE_APPLIED, "3 knobs have the values that the idle policy sets.");
        input.facts = &fragile;
        states[3].disabled = true;
        assert_outcome(&input, POLICY_STATE_APPLIED, "3 knobs hold the idle policy.");
        states[3].disabled = cpu.online = false;
        assert_outcome(&input, POLICY_STATE_APPLIED, "3 knobs hold the idle policy.");
        /* If C2 is the only state that halts, the policy leaves it allowed. */
        cpu.online = true;
        states[1].name = states[2].name = "POLL";
        assert_outcome(&input, POLICY_STATE_APPLIED, "3 knobs hold the idle policy.");
}

static void add(Findings *findings, FindingKind kind, const char *cpus, const char *actual)
{
        Finding finding = { .kind = kind };
        _cleanup_cpuset_ CpuSet set = {};

        strcpy(finding.actual, actual);
        assert_int_equal(cpuset_parse(cpus, &set), 0);
        assert_int_equal(findings_add(findings, &finding, &set), 0);
}

static void add_clamped(Findings *findings)
{
        const Finding finding = {
                .kind = FINDING_CLAMPED, .knob = KNOB_SCALING_MAX_FREQ, .wanted = "4425000", .actual = "3350000"
        };
        _cleanup_cpuset_ CpuSet set = {};

        assert_int_equal(cpuset_parse("0", &set), 0);
        assert_int_equal(findings_add(findings, &finding, &set), 0);
}

/* Of several states the first of degraded, not needed, waiting, applied is shown. A finding that is no fault changes
 * nothing. */
static void test_outcome_ranks_findings(void **state)
{
        _cleanup_findings_ Findings findings = {};
        OutcomeInput input = { .facts = &healthy, .halves.frequency = true, .n_knobs = 2, .findings = &findings };

        add(&findings, FINDING_OFFLINE, "1", "");
        add_clamped(&findings);
        assert_outcome(
                &input, POLICY_STATE_APPLIED,
                "2 knobs hold the frequency policy. MAX_FREQ on CPU 0: 4.425 GHz asked for, 3.35 GHz is the hardware's "
                "nearest.");
        add(&findings, FINDING_CPU_NOT_HERE, "8", "");
        assert_outcome(
                &input, POLICY_STATE_WAITING,
                "The configuration names CPU 8, which this host does not have. MAX_FREQ on CPU 0: 4.425 GHz asked for, "
                "3.35 GHz "
                "is the hardware's nearest.");
        input.halves.frequency = false;
        assert_outcome(&input, POLICY_STATE_NOT_NEEDED, NEEDLESS);
        input.halves.frequency = true;
        add(&findings, FINDING_IDLE_GOVERNOR, "0", "haltpoll");
        assert_outcome(
                &input, POLICY_STATE_DEGRADED,
                "The cpuidle governor haltpoll ignores disabled C-states, so the idle policy does not hold. Write "
                "another name from /sys/devices/system/cpu/cpuidle/available_governors to current_governor in the same "
                "folder. MAX_FREQ on CPU 0: 4.425 "
                "GHz asked for, 3.35 GHz is the hardware's nearest.");
        /* A value could not be restored. */
        input.halves.frequency = false;
        input.never = true;
        assert_outcome(&input, POLICY_STATE_DISABLED, "APPLY=never.");
}

static void test_outcome_says_three_and_counts_the_rest(void **state)
{
        _cleanup_findings_ Findings findings = {};
        OutcomeInput input = { .facts = &healthy, .halves.frequency = true, .findings = &findings };
        _cleanup_free_ char *reason = NULL, *summary = NULL;
        PolicyState is;
        unsigned n = 0;

        add(&findings, FINDING_NOT_HELD, "0", "1");
        add(&findings, FINDING_CPU_NOT_HERE, "8", "");
        for (unsigned i = 2; i < 6; i++)
                add(&findings, FINDING_NOT_HELD, "0", (char[2]) { (char)('0' + i), '\0' });
        assert_int_equal(outcome_judge(&input, &is, &reason, &summary), 0);
        assert_int_equal(is, POLICY_STATE_DEGRADED);
        for (const char *at = reason; (at = strstr(at, "cannot be held at")); at++)
                n++;
        assert_int_equal(n, 3);
        assert_null(strstr(reason, "[cpus]"));
        assert_string_equal(reason + strlen(reason) - strlen(" (And 2 more.)"), " (And 2 more.)");
}

/* Every state's text says what a fixed frequency costs. The summary has no findings. */
static void test_outcome_tells_the_price_beside_what_was_found(void **state)
{
        FreqDomain domain = { .governor = "performance",
                              .min_khz = 1000000,
                              .max_khz = 1000000,
                              .cur_khz = 1000000,
                              .hw_max_khz = 2400000 };
        const Snapshot snapshot = { .domains = &domain, .n_domains = 1 };
        _cleanup_findings_ Findings findings = {};
        OutcomeInput input = {
                .facts = &fragile, .halves.frequency = true, .n_knobs = 3, .findings = &findings, .snapshot = &snapshot
        };
        _cleanup_free_ char *reason = NULL, *summary = NULL, *effects = NULL;
        PolicyState is;

#define PRICE " The TSC still works, so the CPUs keep their frequency, 1000 MHz of 2400 MHz, until the next boot."
#define CLAMPED " MAX_FREQ on CPU 0: 4.425 GHz asked for, 3.35 GHz is the hardware's nearest."
        add_clamped(&findings);
        assert_outcome(&input, POLICY_STATE_APPLIED, "3 knobs hold the frequency policy." PRICE CLAMPED);
        assert_int_equal(outcome_judge(&input, &is, &reason, &summary), 0);
        assert_string_equal(summary, "3 knobs hold the frequency policy." PRICE);
        effects = outcome_format_effects(&input);
        assert_string_equal(effects, PRICE);
        add(&findings, FINDING_CPU_NOT_HERE, "8", "");
        assert_outcome(&input, POLICY_STATE_WAITING,
                       "The configuration names CPU 8, which this host does not have." PRICE CLAMPED);
        add(&findings, FINDING_NO_SUCH_BIAS, "0", "");
        findings.entries[findings.n - 1].kind = FINDING_WITHHELD;
        findings.entries[findings.n - 1].object = strdup("cpufreq/policy0");
        assert_outcome(
                &input, POLICY_STATE_DEGRADED,
                "scaling_max_freq of cpufreq/policy0 stays  on CPU 0 instead of : the change would cost this host its "
                "TSC, "
                "which still works, until the next boot." PRICE CLAMPED);
        findings.entries[findings.n - 1].kind = FINDING_NOT_HELD;
        free(effects);
        effects = outcome_format_effects(&input);
        assert_string_equal(effects, "");
}

static void test_outcome_state_names(void **state)
{
        assert_string_equal(policy_state_to_string(POLICY_STATE_NOT_NEEDED), "not-needed");
        assert_string_equal(policy_state_to_string(POLICY_STATE_WAITING), "waiting");
        assert_string_equal(policy_state_to_string(POLICY_STATE_APPLIED), "applied");
        assert_string_equal(policy_state_to_string(POLICY_STATE_DEGRADED), "degraded");
        assert_string_equal(policy_state_to_string(POLICY_STATE_DISABLED), "disabled");
        assert_string_equal(policy_state_to_string(POLICY_STATE_RESTORED), "restored");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_outcome_without_findings),
                cmocka_unit_test(test_outcome_says_what_the_governor_does),
                cmocka_unit_test(test_outcome_says_what_stays_allowed),
                cmocka_unit_test(test_outcome_ranks_findings),
                cmocka_unit_test(test_outcome_says_three_and_counts_the_rest),
                cmocka_unit_test(test_outcome_tells_the_price_beside_what_was_found),
                cmocka_unit_test(test_outcome_state_names),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
