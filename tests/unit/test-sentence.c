/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The sentences about a policy, before and after it is applied, agree with what its plan does, for every combination of
 * need, state of the TSC, configuration and driver.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/macro.h"
#include "host/config/config.h"
#include "host/config/config-foreign.h"
#include "model/need.h"
#include "model/outcome.h"
#include "scratch.h"
#include "warden.h"

typedef enum Driver {
        DRIVER_WITH_TABLE,
        DRIVER_WITHOUT_TABLE,
        DRIVER_SETPOLICY, /* intel_pstate: performance and powersave, which follows the load there */
        DRIVER_NONE,
        DRIVER_MAX_,
} Driver;

typedef struct Configuration {
        const char *own, *foreign;
        const char *governor; /* the governor in force in the end */
        const char *line;     /* the line that asks for the governor; NULL: built in */
        const char *deep;     /* the line that allows a deep C-state; NULL: the half holds */
        bool pinned;          /* both limits are equal to the present frequency */
} Configuration;

#define HOLDING "CPUPOWER_START_OPTS='frequency-set -g performance'\nCPUPOWER_START_IDLE_OPTS='idle-set -D 10'\n"
#define MOVING "CPUPOWER_START_OPTS='frequency-set -g ondemand'\nCPUPOWER_START_IDLE_OPTS='idle-set -E'\n"
#define PINNED "CPUPOWER_START_OPTS='frequency-set -g ondemand -d 1.4GHz -u 1.4GHz'\n"

static const Configuration configurations[] = {
        { "", "", "performance", NULL, NULL, false },
        { "GOVERNOR=performance\nMAX_CSTATE=C1\n", "", "performance", "own:1", NULL, false },
        { "GOVERNOR=ondemand\nMAX_CSTATE=C3\n", "", "ondemand", "own:1", "(MAX_CSTATE, own:2)", false },
        { "GOVERNOR=ondemand\n", "", "ondemand", "own:1", NULL, false },
        { "GOVERNOR=powersave\nMAX_CSTATE=20us\n", "", "powersave", "own:1", NULL, false },
        { "GOVERNOR=ondemand\nMIN_FREQ=1.4GHz\nMAX_FREQ=1.4GHz\n", "", "ondemand", "own:1", NULL, true },
        { HOLDING, "", "performance", "own:1", NULL, false },
        { MOVING, "", "ondemand", "own:1", "(idle-set, own:2)", false },
        { PINNED, "", "ondemand", "own:1", NULL, true },
        { "CPUPOWER_START_OPTS='set -b 15'\n", "", "performance", NULL, NULL, false },
        { "", HOLDING, "performance", "foreign:1", NULL, false },
        { "", MOVING, "ondemand", "foreign:1", "(idle-set, foreign:2)", false },
        { "", PINNED, "ondemand", "foreign:1", NULL, true },
        { "", "governor='ondemand'\n", "ondemand", "foreign:1", NULL, false },
        { "", "GOVERNOR=powersave\n", "powersave", "foreign:1", NULL, false },
        { "", "CPUPOWER_START_OPTS='idle-set -E'\n", "performance", NULL, "(idle-set, foreign:1)", false },
        { "", "PERF_BIAS=15\n", "performance", NULL, NULL, false },
};

/* One host under one configuration. */
typedef struct Case {
        const Configuration *configuration;
        const Facts *facts;
        Driver driver;
        bool refused; /* the driver has no such governor, and the one that stood there stays */
        bool frozen;  /* the TSC still works */
        bool moves, deep;
} Case;

static Case make_case(const Configuration *c, const Facts *facts, Driver driver)
{
        Halves need = need_from_facts(facts);
        Case is = { .configuration = c, .facts = facts, .driver = driver };

        is.refused = driver == DRIVER_SETPOLICY && need.frequency && strcmp(c->governor, "ondemand") == 0;
        is.frozen = need.frequency && facts_tsc_is_fragile(facts);
        is.moves = need.frequency && !is.frozen && !c->pinned && driver != DRIVER_NONE &&
                   strcmp(c->governor, "performance") != 0;
        if (driver != DRIVER_SETPOLICY && strcmp(c->governor, "powersave") == 0)
                is.moves = false;
        is.deep = need.idle && c->deep;
        return is;
}

static unsigned count_steps(const Plan *plan, Effect effect)
{
        unsigned n = 0;

        for (size_t i = 0; i < plan->n_steps; i++)
                n += plan->steps[i].effect == effect;
        return n;
}

static void assert_plan(const Case *is, const Warden *w)
{
        assert_int_equal(count_steps(&w->plan, EFFECT_MARKS_TSC_UNSTABLE), 0);
        assert_int_equal(count_steps(&w->plan, EFFECT_LIMITS_IDLE) > 0, w->idle && !is->deep);
        assert_int_equal(count_steps(&w->plan, EFFECT_HOLDS_FREQUENCY) > 0,
                         w->frequency && !is->moves && is->driver != DRIVER_NONE);
        if (!w->frequency && !w->idle)
                assert_int_equal(w->plan.n_steps, 0);
}

static PolicyState expected_state(const Case *is, const Warden *w)
{
        if (!w->frequency && !w->idle)
                return POLICY_STATE_NOT_NEEDED;
        if (is->refused)
                return POLICY_STATE_DEGRADED;
        return w->frequency && is->driver == DRIVER_NONE ? POLICY_STATE_WAITING : POLICY_STATE_APPLIED;
}

static void assert_says(const char *reason, const char *what, bool says)
{
        if ((strstr(reason, what) != NULL) != says)
                fail_msg("\"%s\" is%s said", what, says ? " not" : "");
}

static void assert_sentence(const Case *is, const Warden *w, PolicyState state, const char *reason)
{
        bool applied = state == POLICY_STATE_APPLIED;
        char text[128];

        assert_says(reason, " the frequency and idle policy.",
                    applied && w->frequency && w->idle && !is->moves && !is->deep);
        assert_says(reason, " policy sets.", applied && (is->moves || is->deep) && w->plan.n_wanted > 0);
        assert_says(reason, "changes the frequency by itself", is->moves);
        snprintf(text, sizeof(text), "The governor %s (GOVERNOR, %s) changes", is->configuration->governor,
                 is->configuration->line);
        assert_says(reason, text, is->moves && !is->refused);
        assert_says(reason, "stays allowed", is->deep);
        if (is->deep) {
                snprintf(text, sizeof(text), "The C-state C3 stays allowed %s", is->configuration->deep);
                assert_says(reason, text, true);
        }
        assert_says(reason,
                    "The TSC still works, so the CPUs keep their frequency, 1400 MHz of 2600 MHz, until the next boot.",
                    is->frozen && is->driver != DRIVER_NONE);
        assert_says(reason, "keeps the CPUs' frequency constant",
                    applied && w->frequency && !is->moves && !is->deep && !facts_tsc_lives(is->facts));
}

static char *effects_of(const Case *is, const Warden *w, const Snapshot *snapshot)
{
        const OutcomeInput input = { .facts = is->facts,
                                     .halves = { .frequency = w->frequency, .idle = w->idle },
                                     .snapshot = snapshot,
                                     .policy = &w->policy,
                                     .findings = &w->plan.findings };

        return outcome_format_effects(&input);
}

static void assert_agree(const Case *is, const Warden *w, Snapshot *planned)
{
        OutcomeInput input = { .facts = is->facts,
                               .halves = { .frequency = w->frequency, .idle = w->idle },
                               .snapshot = &w->host->real,
                               .policy = &w->policy,
                               .findings = &w->plan.findings,
                               .n_knobs = (unsigned)w->plan.n_wanted };
        _cleanup_free_ char *reason = NULL, *summary = NULL, *before = NULL, *after = NULL;
        PolicyState state = POLICY_STATE_DISABLED;

        assert_int_equal(outcome_judge(&input, &state, &reason, &summary), 0);
        print_message("constant_tsc %d, nonstop_tsc %d, driver %d, \"%s%s\": %s\n", is->facts->constant_tsc,
                      is->facts->nonstop_tsc, is->driver, is->configuration->own, is->configuration->foreign, reason);
        assert_string_equal(policy_state_to_string(state), policy_state_to_string(expected_state(is, w)));
        assert_plan(is, w);
        assert_sentence(is, w, state, reason);
        /* `plan` says about its steps what the state says after the apply. */
        for (size_t i = 0; i < w->plan.n_steps; i++)
                assert_int_equal(snapshot_set(planned, &w->plan.steps[i].id, w->plan.steps[i].to), 0);
        before = effects_of(is, w, planned);
        after = effects_of(is, w, &w->host->real);
        assert_string_equal(before, after);
        assert_non_null(strstr(reason, after));
}

static void make_host(FakeHost *host, const Facts *facts, Driver driver)
{
        fake_host_init(host, 1, 2, driver == DRIVER_SETPOLICY ? "powersave" : "conservative", 1400000);
        host->tsc_lives = facts_tsc_lives(facts);
        host->constant_tsc = facts->constant_tsc;
        if (driver != DRIVER_WITH_TABLE)
                host->real.domains[0].frequencies = NULL;
        if (driver == DRIVER_SETPOLICY) {
                strcpy(host->real.domains[0].driver, "intel_pstate");
                host->real.domains[0].governors = "performance powersave";
        }
        if (driver == DRIVER_NONE)
                host->real.n_domains = 0;
}

static void try_one(const Case *is)
{
        const char *paths[] = { "foreign", NULL };
        _cleanup_config_faults_ ConfigFaults errors = {};
        _cleanup_config_ Config config = {};
        _cleanup_snapshot_ Snapshot planned = {};
        Halves need = need_from_facts(is->facts);
        FakeHost host;
        Warden w;

        make_host(&host, is->facts, is->driver);
        warden_init(&w, &host);
        assert_int_equal(config_load_with("own", paths, &config, &errors), 0);
        assert_int_equal(errors.n, 0);
        w.policy = config.policy;
        config.policy = (Policy) {};
        w.frequency = need.frequency;
        w.idle = need.idle;
        assert_int_equal(fake_host_ops.enumerate(&host, &planned), 0);
        warden_apply(&w);
        assert_agree(is, &w, &planned);
        warden_done(&w);
        host.real.n_domains = 1;
        fake_host_done(&host);
}

static void test_sentence_and_plan_agree(void **state)
{
        char lost[] = "hpet acpi_pm", living[] = "tsc hpet acpi_pm";

        for (size_t i = 0; i < ARRAY_SIZE(configurations); i++) {
                const Configuration *c = &configurations[i];

                assert_int_equal(scratch_write(*state, "own", c->own, strlen(c->own)), 0);
                assert_int_equal(scratch_write(*state, "foreign", c->foreign, strlen(c->foreign)), 0);
                for (unsigned flags = 0; flags < 8; flags++)
                        for (Driver driver = 0; driver < DRIVER_MAX_; driver++) {
                                const Facts facts = { .n_cpus = 2,
                                                      .available_clocksources = flags & 4 ? living : lost,
                                                      .constant_tsc = flags & 1,
                                                      .nonstop_tsc = flags & 2 };
                                const Case is = make_case(c, &facts, driver);

                                try_one(&is);
                        }
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_sentence_and_plan_agree, scratch_setup_and_enter,
                                                scratch_teardown),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
