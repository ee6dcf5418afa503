/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What is said of an applied policy and what its plan does are the same, over need × configuration × driver.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "host/config/config.h"
#include "host/config/config-foreign.h"
#include "model/need.h"
#include "model/outcome.h"
#include "scratch.h"
#include "warden.h"

typedef enum Driver { DRIVER_WITH_TABLE, DRIVER_WITHOUT_TABLE, DRIVER_NONE, DRIVER_MAX_ } Driver;

typedef struct Configuration {
        const char *own, *foreign;
        const char *moving, *deep; /* the line that is named; NULL: the half holds */
} Configuration;

#define HOLDING "CPUPOWER_START_OPTS='frequency-set -g performance'\nCPUPOWER_START_IDLE_OPTS='idle-set -D 10'\n"
#define MOVING "CPUPOWER_START_OPTS='frequency-set -g ondemand'\nCPUPOWER_START_IDLE_OPTS='idle-set -E'\n"

static const Configuration configurations[] = {
        { "", "", NULL, NULL },
        { "GOVERNOR=performance\nMAX_CSTATE=C1\n", "", NULL, NULL },
        { "GOVERNOR=ondemand\nMAX_CSTATE=C3\n", "", "(GOVERNOR, own:1)", "(MAX_CSTATE, own:2)" },
        { "GOVERNOR=ondemand\n", "", "(GOVERNOR, own:1)", NULL },
        { HOLDING, "", NULL, NULL },
        { MOVING, "", "(GOVERNOR, own:1)", "(idle-set, own:2)" },
        { "", HOLDING, NULL, NULL },
        { "", MOVING, "(GOVERNOR, foreign:1)", "(idle-set, foreign:2)" },
        { "", "governor='ondemand'\n", "(GOVERNOR, foreign:1)", NULL },
        { "", "CPUPOWER_START_OPTS='idle-set -E'\n", NULL, "(idle-set, foreign:1)" },
};

static unsigned count_steps(const Plan *plan, Effect effect)
{
        unsigned n = 0;

        for (size_t i = 0; i < plan->n_steps; i++)
                n += plan->steps[i].effect == effect;
        return n;
}

static void assert_says(const char *reason, const char *what, const char *line, bool says)
{
        char text[128];

        snprintf(text, sizeof(text), "%s %s", what, line ? line : "");
        assert_int_equal(strstr(reason, text) != NULL, says);
}

static void assert_agree(const Warden *w, const Facts *facts, const Configuration *c, Driver driver)
{
        bool moves = w->frequency && c->moving, deep = w->idle && c->deep;
        OutcomeInput input = { .facts = facts,
                               .frequency = w->frequency,
                               .idle = w->idle,
                               .snapshot = &w->host->real,
                               .policy = &w->policy,
                               .findings = &w->plan.findings,
                               .n_knobs = (unsigned)w->plan.n_wanted };
        _cleanup_free_ char *reason = NULL;
        PolicyState state = POLICY_STATE_DISABLED;

        assert_int_equal(outcome_judge(&input, &state, &reason), 0);
        print_message("constant_tsc %d, nonstop_tsc %d, driver %d, \"%s%s\": %s\n", facts->constant_tsc,
                      facts->nonstop_tsc, driver, c->own, c->foreign, reason);
        assert_int_equal(count_steps(&w->plan, EFFECT_LIMITS_IDLE) > 0, w->idle && !deep);
        if (driver == DRIVER_NONE && w->frequency) {
                assert_int_equal(state, POLICY_STATE_WAITING);
                assert_int_equal(count_steps(&w->plan, EFFECT_HOLDS_FREQUENCY), 0);
                return;
        }
        assert_int_equal(count_steps(&w->plan, EFFECT_HOLDS_FREQUENCY) > 0, w->frequency && !moves);
        if (!w->frequency && !w->idle) {
                assert_int_equal(state, POLICY_STATE_NOT_NEEDED);
                assert_int_equal(w->plan.n_steps, 0);
                return;
        }
        assert_int_equal(state, POLICY_STATE_APPLIED);
        assert_int_equal(strstr(reason, " hold the ") != NULL || strstr(reason, " holds the ") != NULL,
                         !moves && !deep);
        assert_says(reason, "The governor ondemand", c->moving, moves);
        assert_says(reason, "The C-state C3 stays allowed", c->deep, deep);
}

static void try_one(const Facts *facts, const Configuration *c, Driver driver)
{
        const char *paths[] = { "foreign", NULL };
        _cleanup_config_errors_ ConfigErrors errors = {};
        _cleanup_config_ Config config = {};
        Halves need = need_from_facts(facts);
        FakeHost host;
        Warden w;

        fake_host_init(&host, 1, 2, driver == DRIVER_NONE ? "performance" : "conservative", 1400000);
        host.tsc_lives = false;
        if (driver == DRIVER_WITHOUT_TABLE)
                host.real.policies[0].frequencies = NULL;
        if (driver == DRIVER_NONE)
                host.real.n_policies = 0;
        warden_init(&w, &host);
        assert_int_equal(config_load_with("own", paths, &config, &errors), 0);
        assert_int_equal(errors.n, 0);
        w.policy = config.policy;
        config.policy = (Policy) {};
        w.frequency = need.frequency;
        w.idle = need.idle;
        warden_apply(&w);
        assert_agree(&w, facts, c, driver);
        warden_done(&w);
        host.real.n_policies = 1;
        fake_host_done(&host);
}

static void test_sentence_and_plan_agree(void **state)
{
        char clocksources[] = "hpet acpi_pm";

        for (size_t i = 0; i < ARRAY_SIZE(configurations); i++) {
                const Configuration *c = &configurations[i];

                assert_int_equal(scratch_write(*state, "own", c->own, strlen(c->own)), 0);
                assert_int_equal(scratch_write(*state, "foreign", c->foreign, strlen(c->foreign)), 0);
                for (unsigned flags = 0; flags < 4; flags++)
                        for (Driver driver = 0; driver < DRIVER_MAX_; driver++) {
                                const Facts facts = { .n_cpus = 2,
                                                      .available_clocksources = clocksources,
                                                      .constant_tsc = flags & 1,
                                                      .nonstop_tsc = flags & 2 };

                                try_one(&facts, c, driver);
                        }
        }
}

static int enter_scratch(void **state)
{
        return scratch_setup(state) < 0 ? -1 : fchdir(((Scratch *)*state)->fd);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_sentence_and_plan_agree, enter_scratch, scratch_teardown),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
