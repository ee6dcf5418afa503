/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "host/config/config.h"
#include "scratch.h"

static int load(const char *text, Config *config, ConfigFaults *errors)
{
        return config_parse("F", text, strlen(text), config, errors);
}

static void assert_key(const PolicyRule *rule, PolicyKey key, unsigned line, const char *expected)
{
        _cleanup_free_ char *text = policy_rule_format(rule, key);

        assert_true(rule->has[key]);
        assert_int_equal(rule->lines[key], line);
        assert_string_equal(text, expected);
}

static void assert_built_in_rule(const Config *config)
{
        assert_true(config->policy.rules[0].all_cpus);
        assert_null(config->policy.rules[0].file);
        assert_key(&config->policy.rules[0], POLICY_GOVERNOR, 0, "performance");
        assert_key(&config->policy.rules[0], POLICY_MAX_CSTATE, 0, "shallowest");
}

static void test_config_empty(void **state)
{
        _cleanup_config_faults_ ConfigFaults errors = {};
        _cleanup_config_ Config config = {};

        assert_int_equal(load("\n# nothing\n", &config, &errors), 0);
        assert_int_equal(errors.n, 0);
        assert_string_equal(config.file, "F");
        assert_true(config.exists);
        assert_int_equal(config.apply, APPLY_AUTO);
        assert_int_equal(config.apply_when, APPLY_WHEN_ALWAYS);
        assert_int_equal(config.drift, DRIFT_REPAIR);
        assert_int_equal(config.on_stop, STOP_RESTORE);
        assert_int_equal(config.apply_line, 0);
        assert_false(config.sets_policy);
        assert_int_equal(config.policy.n_rules, 1);
        assert_built_in_rule(&config);
}

static void test_config_full(void **state)
{
        static const char file[] =
                "APPLY=always\nAPPLY_WHEN=guests\nDRIFT='report'\nON_STOP=keep\n"
                "GOVERNOR=\"performance|userspace\"\nMIN_FREQ=2.4GHz\nMAX_FREQ=2600000\nMAX_CSTATE=C1\n"
                "[cpus 0-3]\nMAX_CSTATE=20us\n\n[cpus  8 ]\r\nGOVERNOR=powersave\r\n";
        _cleanup_config_faults_ ConfigFaults errors = {};
        _cleanup_config_ Config config = {};
        const PolicyRule *rules;

        assert_int_equal(load(file, &config, &errors), 0);
        assert_int_equal(errors.n, 0);
        assert_int_equal(config.apply, APPLY_ALWAYS);
        assert_int_equal(config.apply_line, 1);
        assert_int_equal(config.apply_when, APPLY_WHEN_GUESTS);
        assert_int_equal(config.apply_when_line, 2);
        assert_int_equal(config.drift, DRIFT_REPORT);
        assert_int_equal(config.drift_line, 3);
        assert_int_equal(config.on_stop, STOP_KEEP);
        assert_int_equal(config.on_stop_line, 4);
        assert_true(config.sets_policy);

        assert_int_equal(config.policy.n_rules, 4);
        assert_built_in_rule(&config);
        rules = config.policy.rules;
        assert_true(rules[1].all_cpus);
        assert_string_equal(rules[1].file, "F");
        assert_int_equal(rules[1].line, 0);
        assert_key(&rules[1], POLICY_GOVERNOR, 5, "performance|userspace");
        assert_key(&rules[1], POLICY_MIN_FREQ, 6, "2400000");
        assert_key(&rules[1], POLICY_MAX_FREQ, 7, "2600000");
        assert_key(&rules[1], POLICY_MAX_CSTATE, 8, "C1");
        assert_false(rules[2].all_cpus);
        assert_int_equal(rules[2].line, 9);
        assert_int_equal(cpuset_count(&rules[2].cpus), 4);
        assert_key(&rules[2], POLICY_MAX_CSTATE, 10, "20us");
        assert_false(rules[2].has[POLICY_GOVERNOR]);
        assert_int_equal(rules[3].line, 12);
        assert_int_equal(cpuset_next(&rules[3].cpus, 0), 8);
        assert_key(&rules[3], POLICY_GOVERNOR, 13, "powersave");
}

/* A file whose policy keys are all in sections has no rule for the top. */
static void test_config_sections_only(void **state)
{
        _cleanup_config_faults_ ConfigFaults errors = {};
        _cleanup_config_ Config config = {};

        assert_int_equal(load("DRIFT=report\n[cpus 1]\nMIN_FREQ=1GHz\n", &config, &errors), 0);
        assert_true(config.sets_policy);
        assert_int_equal(config.policy.n_rules, 2);
        assert_key(&config.policy.rules[1], POLICY_MIN_FREQ, 3, "1000000");
}

static void test_config_remarks_do_not_refuse(void **state)
{
        static const char file[] = "[cpus 0-3]\nMAX_CSTATE=C1\n[cpus 2-8]\n[cpus 9]\nMAX_CSTATE=C1\n"
                                   "[cpus 3,9]\nGOVERNOR=performance\n";
        _cleanup_config_faults_ ConfigFaults errors = {};
        _cleanup_config_ Config config = {};

        assert_int_equal(load(file, &config, &errors), 0);
        assert_int_equal(errors.n_refusals, 0);
        assert_int_equal(errors.n, 3);
        assert_string_equal(errors.entries[0].text, "F:3: this section sets nothing; add a key or remove it");
        assert_string_equal(errors.entries[1].text, "F:3: CPU 2 is also in the section of line 1; "
                                                    "where both set a key, the later one wins");
        assert_string_equal(errors.entries[2].text, "F:6: CPU 3 is also in the section of line 3; "
                                                    "where both set a key, the later one wins");
        assert_int_equal(config.policy.n_rules, 5);
}

static void test_config_refuses(void **state)
{
        static const struct {
                const char *text, *line;
        } cases[] = {
                { "GOVERNOR=performance\nGOVERNOR=powersave\n",
                  "F:2: GOVERNOR stands on line 1 already; keep one of the two" },
                { "[cpus 1]\nMIN_FREQ=1GHz\n\nMIN_FREQ=1GHz\n",
                  "F:4: MIN_FREQ stands on line 2 already; keep one of the two" },
                { "\nGOVERNOR=\n", "F:2: GOVERNOR has no value; give one or comment the line out" },
                { "DRIFT=\"\"", "F:1: DRIFT has no value; give one or comment the line out" },
                { "[cpus 0]\nAPPLY=auto\n", "F:2: APPLY holds for the whole host; move it above the first section" },
                { "[cpus 0]\nON_STOP=keep\n",
                  "F:2: ON_STOP holds for the whole host; move it above the first section" },
                { "FOO=1\n",
                  "F:1: unknown key 'FOO'; there are APPLY, APPLY_WHEN, GOVERNOR, MIN_FREQ, MAX_FREQ, MAX_CSTATE, "
                  "DRIFT, ON_STOP, CPUPOWER_START_OPTS, CPUPOWER_START_IDLE_OPTS, CPUPOWER_STOP_OPTS and "
                  "CPUPOWER_STOP_IDLE_OPTS" },
                { "[cpus 0]\nGovernor=x\n", "F:2: key 'Governor' has the wrong case; write GOVERNOR" },
                { "[Cpus 0]\nMIN_FREQ=1GHz\n", "F:1: wrong case in section [Cpus 0]; write it like [cpus 0-3,8]" },
                { "[main]\nAPPLY=auto\n", "F:1: unknown section [main]; write it like [cpus 0-3,8]" },
                { "[]\n", "F:1: unknown section []; write it like [cpus 0-3,8]" },
                { "[cpus]\n", "F:1: [cpus] names no CPUs; write it like [cpus 0-3,8]" },
                { "[cpus \t]\n", "F:1: [cpus \\x09] names no CPUs; write it like [cpus 0-3,8]" },
                { "[cpus all]\n", "F:1: [cpus all] is no list of CPUs; write it like [cpus 0-3,8]" },
                { "[cpus 3-0]\n", "F:1: [cpus 3-0] is no list of CPUs; write it like [cpus 0-3,8]" },
                { "[cpus 8192]\n", "F:1: [cpus 8192] names a CPU beyond 8191; write it like [cpus 0-3,8]" },
                { "[cpus 0\nMIN_FREQ=1GHz\n", "F:1: '[' without ']'; write a section as [cpus 0-3]" },
                { "MAX_FREQ=1GHz\nMIN_FREQ=2GHz\n",
                  "F:2: for CPU 0 the MIN_FREQ of line 2 is above the MAX_FREQ of line 1; "
                  "lower the one or raise the other" },
                { "MIN_FREQ=2GHz\n[cpus 5]\nMAX_FREQ=1GHz\n",
                  "F:3: for CPU 5 the MIN_FREQ of line 1 is above the MAX_FREQ of line 3; "
                  "lower the one or raise the other" },
                { "MAX_CSTATE=\"C1\n", "F:1: the quote opened here is never closed; end the value with \"" },
                { "GOVERNOR=\033[31m\n", "F:1: GOVERNOR='\\x1b[31m' is not a list of governors; "
                                         "write it like performance or performance|userspace" },
        };

        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                _cleanup_config_faults_ ConfigFaults errors = {};
                Config config = { .apply_line = 77 };

                print_message("<<%s>>\n", cases[i].text);
                assert_int_equal(load(cases[i].text, &config, &errors), -EBADMSG);
                assert_int_equal(errors.n_refusals, 1);
                assert_string_equal(errors.entries[0].text, cases[i].line);
                assert_int_equal(config.apply_line, 77);
                assert_null(config.file);
        }
}

/* The first twenty mistakes in the order of their lines, although several passes find them. */
static void test_config_collects_everything(void **state)
{
        _cleanup_config_faults_ ConfigFaults errors = {};
        Config config;
        char text[30 * 16], *end = text;

        for (unsigned i = 0; i < 15; i++)
                end = stpcpy(end, "FOO=1\nnoval\n");
        assert_int_equal(load(text, &config, &errors), -EBADMSG);
        assert_int_equal(errors.n_refusals, 30);
        assert_int_equal(errors.n, 21);
        assert_memory_equal(errors.entries[0].text, "F:1: unknown key", 16);
        assert_memory_equal(errors.entries[1].text, "F:2: no '='", 11);
        assert_memory_equal(errors.entries[19].text, "F:20: no '='", 12);
        assert_string_equal(errors.entries[20].text, "F: and 10 more errors");
}

/* Both mistakes of a line are reported in one run, so one correction is enough. */
static void test_config_tells_both_mistakes_of_a_line(void **state)
{
        static const struct {
                const char *text, *first, *second;
        } cases[] = {
                { "min_freq='0'\n", "F:1: key 'min_freq' has the wrong case; write MIN_FREQ",
                  "F:1: MIN_FREQ='0' is no frequency; comment it out or leave it out where no limit is meant" },
                { "governor=a,b\n", "F:1: key 'governor' has the wrong case; write GOVERNOR",
                  "F:1: GOVERNOR='a,b' is not a list of governors; write it like performance or performance|userspace" },
                { "Apply=Auto\n", "F:1: key 'Apply' has the wrong case; write APPLY",
                  "F:1: APPLY='Auto' has the wrong case; write auto" },
                { "MAX_SPEED=2200\n",
                  "F:1: MAX_SPEED is cpufrequtils's; write MAX_FREQ, or leave the line out where it holds 0",
                  "F:1: MAX_FREQ='2200' has no unit and so counts in kHz, where no CPU is that slow; did you mean 2200MHz?" },
                { "export governor=powersave\n", "F:1: 'export' is not needed; begin the line with governor=",
                  "F:1: key 'governor' has the wrong case; write GOVERNOR" },
        };

        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                _cleanup_config_faults_ ConfigFaults errors = {};
                Config config;

                print_message("<<%s>>\n", cases[i].text);
                assert_int_equal(load(cases[i].text, &config, &errors), -EBADMSG);
                assert_int_equal(errors.n, 2);
                assert_string_equal(errors.entries[0].text, cases[i].first);
                assert_string_equal(errors.entries[1].text, cases[i].second);
        }
}

static void test_config_too_many_sections(void **state)
{
        _cleanup_config_faults_ ConfigFaults errors = {};
        _cleanup_free_ char *text = malloc(1026 * 9);
        Config config;
        char *end = text;

        for (unsigned i = 0; i < 1025; i++)
                end = stpcpy(end, "[cpus 0]\n");
        assert_int_equal(load(text, &config, &errors), -EBADMSG);
        assert_string_equal(errors.entries[0].text, "F: more than 1024 sections; let one hold all CPUs of one policy");
}

static void test_config_load_files(void **state)
{
        const Scratch *scratch = *state;
        _cleanup_config_faults_ ConfigFaults missing = {}, directory = {}, fifo = {}, there = {}, big = {};
        _cleanup_config_ Config none = {}, config = {};
        char path[128];

        snprintf(path, sizeof(path), "%s/none", scratch->path);
        assert_int_equal(config_load(path, &none, &missing), 0);
        assert_false(none.exists);
        assert_string_equal(none.file, path);
        assert_int_equal(none.policy.n_rules, 1);
        assert_int_equal(missing.n, 0);

        assert_int_equal(scratch_write(scratch, "there", "ON_STOP=keep", 12), 0);
        snprintf(path, sizeof(path), "%s/there", scratch->path);
        assert_int_equal(config_load(path, &config, &there), 0);
        assert_true(config.exists);
        assert_int_equal(config.on_stop, STOP_KEEP);

        /* inih reads a directory as an empty file. */
        assert_int_equal(config_load("/proc", &config, &directory), -EISDIR);
        assert_string_equal(directory.entries[0].text, "/proc: cannot be read: Is a directory; "
                                                       "it must be a readable file, or not be there at all");
        assert_int_equal(directory.n_refusals, 1);

        snprintf(path, sizeof(path), "%s/fifo", scratch->path);
        assert_int_equal(mkfifo(path, 0600), 0);
        assert_int_equal(config_load(path, &config, &fifo), -EINVAL);
        assert_non_null(strstr(fifo.entries[0].text, "Not a regular file"));

        assert_int_equal(config_load("/dev/zero", &config, &big), -EBADMSG);
        assert_string_equal(big.entries[0].text, "/dev/zero: longer than 1 MiB; this cannot be the right file");
}

/* The sample file, as it is and with every "#KEY=value" uncommented, means the same as an empty file. */
static void test_config_sample_is_the_default(void **state)
{
        static const char path[] = SOURCE_ROOT "/conf/tscwarden.sysconfig";
        _cleanup_config_faults_ ConfigFaults as_is = {}, live = {};
        _cleanup_config_ Config sample = {}, config = {};
        _cleanup_free_ char *text = NULL;
        size_t size = 0;
        FILE *f;

        assert_int_equal(config_load(path, &sample, &as_is), 0);
        assert_true(sample.exists);
        assert_int_equal(as_is.n, 0);
        assert_int_equal(sample.policy.n_rules, 1);

        f = fopen(path, "re");
        assert_non_null(f);
        assert_true(getdelim(&text, &size, '\0', f) > 0);
        fclose(f);
        for (char *at = text; (at = strchr(at, '#')); at++) {
                const char *end = at + strcspn(at, "\n");

                if ((at == text || at[-1] == '\n') && at[1] != ' ' && at[1] != '\n' && end[-1] != '=')
                        *at = ' ';
        }
        assert_int_equal(load(text, &config, &live), 0);
        assert_int_equal(live.n, 0);
        assert_true(config.apply_line && config.apply_when_line && config.drift_line && config.on_stop_line);
        assert_int_equal(config.apply, sample.apply);
        assert_int_equal(config.apply_when, sample.apply_when);
        assert_int_equal(config.drift, sample.drift);
        assert_int_equal(config.on_stop, sample.on_stop);
        assert_int_equal(config.policy.n_rules, 3);
        for (PolicyKey key = 0; key < POLICY_KEY_MAX_; key++) {
                _cleanup_free_ char *built_in = policy_rule_format(&config.policy.rules[0], key);
                _cleanup_free_ char *written = policy_rule_format(&config.policy.rules[1], key);

                assert_string_equal(written, built_in);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_config_empty),
                cmocka_unit_test(test_config_full),
                cmocka_unit_test(test_config_sections_only),
                cmocka_unit_test(test_config_remarks_do_not_refuse),
                cmocka_unit_test(test_config_refuses),
                cmocka_unit_test(test_config_collects_everything),
                cmocka_unit_test(test_config_tells_both_mistakes_of_a_line),
                cmocka_unit_test(test_config_too_many_sections),
                cmocka_unit_test_setup_teardown(test_config_load_files, scratch_setup, scratch_teardown),
                cmocka_unit_test(test_config_sample_is_the_default),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
