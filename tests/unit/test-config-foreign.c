/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Files as found on real hosts, each with the policy that its author meant.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/macro.h"
#include "host/config/config.h"
#include "host/config/config-foreign.h"
#include "scratch.h"

static void write_text(const Scratch *scratch, const char *name, const char *text)
{
        assert_int_equal(scratch_write(scratch, name, text, strlen(text)), 0);
}

/* The policy of CPU 0 as "KEY=value"; values from a built-in rule are in brackets. */
static char *describe(const Config *config)
{
        char *text = NULL;
        size_t size;
        FILE *out = open_memstream(&text, &size);
        CpuPolicy cpu;

        policy_for_cpu(&config->policy, 0, &cpu);
        for (PolicyKey key = 0; key < POLICY_KEY_MAX_; key++) {
                _cleanup_free_ char *value = cpu.by[key] ? policy_rule_format(cpu.by[key], key) : NULL;

                if (value)
                        fprintf(out, cpu.by[key]->file ? " %s=%s:%u" : " [%s=%s]", policy_key_to_string(key), value,
                                cpu.by[key]->lines[key]);
        }
        fclose(out);
        return text;
}

static const char rhel[] =
        "# See 'cpupower help' and cpupower(1) for more info\n"
        "CPUPOWER_START_OPTS=\"frequency-set -g performance\"\nCPUPOWER_STOP_OPTS=\"frequency-set -g ondemand\"\n";

static void test_foreign_field_files(void **state)
{
        static const struct {
                const char *text, *policy;
                const char *remark; /* a part of the first remark; NULL: there is none */
        } cases[] = {
                { rhel, " GOVERNOR=performance:2 [MAX_CSTATE=shallowest]", NULL },
                /* Computing centres copy the unit and add a second command to it. */
                { "CPUPOWER_START_OPTS=\"frequency-set -g performance\"\nCPUPOWER_START_IDLE_OPTS=\"idle-set --disable 2\"\n"
                  "CPUPOWER_STOP_IDLE_OPTS=\"idle-set --enable-all\"\n",
                  " GOVERNOR=performance:1 idle-set=-d 2:2", NULL },
                { "CPUPOWER_START_OPTS=\"frequency-set -g performance frequency-set --max 3.0GHz\"\n",
                  " GOVERNOR=performance:1 MAX_FREQ=3000000:1 [MAX_CSTATE=shallowest]", NULL },
                { "CPUPOWER_START_OPTS=\"idle-set -D 10\"\n", " [GOVERNOR=performance] idle-set=-D 10:1", NULL },
                /* The keys of upstream and Debian. */
                { "GOVERNOR='ondemand'\nMIN_FREQ=\"2.25GHz\"\nMAX_FREQ=\"3GHz\"\n",
                  " GOVERNOR=ondemand:1 MIN_FREQ=2250000:2 MAX_FREQ=3000000:3 [MAX_CSTATE=shallowest]", NULL },
                { "GOVERNOR=performance\nFREQ=2GHz\n", " GOVERNOR=userspace:2 FREQ=2000000:2 [MAX_CSTATE=shallowest]",
                  ":1: GOVERNOR has no effect beside FREQ of line 2" },
                /* An energy preference does not set the governor. */
                { "PERF_BIAS=6\nEPP=balance_power\nFREQ=\n",
                  " [GOVERNOR=performance] EPP=balance_power:2 PERF_BIAS=6:1 [MAX_CSTATE=shallowest]", NULL },
                { "CPUPOWER_START_OPTS='set -b 15'\n", " [GOVERNOR=performance] PERF_BIAS=15:1 [MAX_CSTATE=shallowest]",
                  NULL },
                /* The keys of other distributions. */
                { "GOVERNOR=Warp9\n", " GOVERNOR=Warp9:1 [MAX_CSTATE=shallowest]", NULL },
                /* Arch's file. */
                { "governor='performance'\n#min_freq=\"2.25GHz\"\nmc_scheduler=1\n",
                  " GOVERNOR=performance:1 [MAX_CSTATE=shallowest]",
                  ":3: 'mc_scheduler' is not a key that tscwarden reads" },
                /* The last of two lines counts; an empty one cancels the earlier one. */
                { "GOVERNOR=powersave\nGOVERNOR=performance\n", " GOVERNOR=performance:2 [MAX_CSTATE=shallowest]",
                  NULL },
                { "GOVERNOR=powersave\nGOVERNOR=\n", " [GOVERNOR=performance] [MAX_CSTATE=shallowest]", NULL },
                { "GOVERNOR=powersave\nCPUPOWER_START_OPTS='idle-set -E'\n", " [GOVERNOR=performance] idle-set=-E:2",
                  ":1: GOVERNOR has no effect beside the CPUPOWER_ options of line 2" },
                /* A line that cannot be understood has no effect. */
                { "CPUPOWER_START_OPTS=\"frequency-set -g per,form\"\nCPUPOWER_START_IDLE_OPTS='idle-set -E'\n",
                  " [GOVERNOR=performance] idle-set=-E:2",
                  ":1: CPUPOWER_START_OPTS: frequency-set --governor 'per,form' is not the name of a governor; write one like "
                  "performance. This line has no effect; where the host needs a policy, the built-in governor performance holds" },
                { "CPUPOWER_START_OPTS=\"frequency-set -g powersave\"\nCPUPOWER_START_IDLE_OPTS='idle-set -d foo'\n",
                  " GOVERNOR=powersave:1 [MAX_CSTATE=shallowest]",
                  "the built-in limit holds: no C-state deeper than the shallowest that halts" },
                { "CPUPOWER_START_OPTS=\"set -t 0\"\n", " [GOVERNOR=performance] [MAX_CSTATE=shallowest]",
                  "the built-in policy holds: the governor performance, and no C-state" },
                { "GOVERNOR=powersave\nMIN_FREQ=fast\n", " GOVERNOR=powersave:1 [MAX_CSTATE=shallowest]",
                  ":2: MIN_FREQ='fast' is not a frequency; write it like 2.4GHz, 2400MHz or 2400000 (kHz), without a blank. This "
                  "line has no effect; where the host needs a policy, no minimum is set" },
                { "MIN_FREQ=1GHz\nGOVERNOR=a,b\n", " [GOVERNOR=performance] MIN_FREQ=1000000:1 [MAX_CSTATE=shallowest]",
                  "the built-in governor performance holds" },
                { "FREQ=fast\nGOVERNOR=powersave\n", " GOVERNOR=powersave:2 [MAX_CSTATE=shallowest]",
                  "the other lines hold" },
                { "GOVERNOR=powersave\nEPP=default\n", " GOVERNOR=powersave:1 [MAX_CSTATE=shallowest]",
                  "this preference stays as it is" },
                { "MIN_FREQ=3GHz\nMAX_FREQ=2GHz\n", " [GOVERNOR=performance] [MAX_CSTATE=shallowest]",
                  "Neither limit has an effect: no minimum and no maximum is set" },
                { "GOVERNOR=powersave\nMIN_FREQ=3GHz\nMAX_FREQ=2GHz\n", " GOVERNOR=powersave:1 [MAX_CSTATE=shallowest]",
                  ":3: for CPU 0 the MIN_FREQ" },
                { "governor='schedutil'\nmin_freq='0'\n", " GOVERNOR=schedutil:1 [MAX_CSTATE=shallowest]",
                  ":2: min_freq='0' is no frequency; comment it out or leave it out where no limit is meant. This line" },
                { "governor=performance\nmax_freq=\"3.5GHz\"  # optional\n",
                  " GOVERNOR=performance:1 [MAX_CSTATE=shallowest]",
                  ":2: text behind the closing quote; quote the whole value, put a comment on a line of its own. This line has no "
                  "effect; where the host needs a policy, no maximum is set" },
                { "governor=powersave\nmax_freq=2200\n", " GOVERNOR=powersave:1 [MAX_CSTATE=shallowest]",
                  "did you mean 2200MHz? This line" },
                { "GOVERNOR=performance\nMAX_SPEED=0\n", " GOVERNOR=performance:1 [MAX_CSTATE=shallowest]",
                  ":2: 'MAX_SPEED' is not a key that tscwarden reads in this file; the key for it is MAX_FREQ, where '0' is no frequency; "
                  "comment it out or leave it out where no limit is meant. This line has no effect" },
                { "GOVERNOR=performance\nMIN_SPEED=\n", " GOVERNOR=performance:1 [MAX_CSTATE=shallowest]",
                  "; remove the line, it has no value. This line has no effect" },
                { "GOVERNOR=performance\nMAX_SPEED=2200\n", " GOVERNOR=performance:1 [MAX_CSTATE=shallowest]",
                  "the key for it is MAX_FREQ, where '2200' has no unit and so counts in kHz, where no CPU is that slow; did you" },
                { "GOVERNOR=performance\nMAX_SPEED=2.25GHz\n", " GOVERNOR=performance:1 [MAX_CSTATE=shallowest]",
                  ":2: 'MAX_SPEED' is not a key that tscwarden reads in this file; write MAX_FREQ=2.25GHz. This line has no effect" },
                { "START_OPTS='--governor powersave'\n", " [GOVERNOR=performance] [MAX_CSTATE=shallowest]",
                  "; write CPUPOWER_START_OPTS=\"frequency-set --governor powersave\". This line has no effect" },
                { "CPUPOWER_START_OPTS=\"frequency-set -g schedutil\"\\nCPUPOWER_STOP_OPTS=\"frequency-set -g schedutil\"\n",
                  " [GOVERNOR=performance] [MAX_CSTATE=shallowest]",
                  ":1: a backslash and n behind the closing quote, which make no new line; write what follows them on a line of its own. This" },
                { "export GOVERNOR=powersave\n", " [GOVERNOR=performance] [MAX_CSTATE=shallowest]",
                  ":1: 'export' is not needed" },
                { "governors=performance\n", " [GOVERNOR=performance] [MAX_CSTATE=shallowest]",
                  ":1: 'governors' is not a key" },
        };

        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
                _cleanup_config_faults_ ConfigFaults errors = {};
                _cleanup_config_ Config config = {};
                _cleanup_free_ char *policy = NULL;
                const char *paths[] = { "foreign", NULL };

                write_text(*state, "foreign", cases[i].text);
                assert_int_equal(config_load_with("own", paths, &config, &errors), 0);
                policy = describe(&config);
                print_message("%s-> %s\n%s\n", cases[i].text, policy, errors.n ? errors.entries[0].text : "");
                assert_string_equal(policy, cases[i].policy);
                assert_int_equal(errors.n_refusals, 0);
                for (unsigned j = 0; j < errors.n; j++)
                        assert_true(errors.entries[j].foreign);
                assert_int_equal(errors.n > 0, cases[i].remark != NULL);
                if (cases[i].remark)
                        assert_non_null(strstr(errors.entries[0].text, cases[i].remark));
                assert_int_equal(config.stop_policy.n_rules, 0);
                assert_int_equal(config.n_files, 1);
        }
}

/* All mistakes of a file are reported in one run. */
static void test_foreign_limits_of_cpufrequtils_that_cross(void **state)
{
        const char *paths[] = { "first", NULL };
        _cleanup_config_faults_ ConfigFaults errors = {};
        _cleanup_config_ Config config = {};

        write_text(*state, "first", "GOVERNOR=performance\nMAX_SPEED=2.25GHz\nMIN_SPEED=3GHz\n");
        assert_int_equal(config_load_with("absent", paths, &config, &errors), 0);
        assert_int_equal(errors.n, 3);
        assert_string_equal(
                errors.entries[2].text,
                "first:3: the minimum of line 3 is above the maximum of line 2; lower the one or raise the other");
}

static void test_foreign_precedence(void **state)
{
        const char *paths[] = { "absent", "silent", "first", "second", NULL };
        _cleanup_config_faults_ ConfigFaults errors = {}, own_errors = {};
        _cleanup_config_ Config config = {}, own = {};

        write_text(*state, "silent", "#GOVERNOR='ondemand'\n");
        write_text(*state, "first", "GOVERNOR=powersave\n");
        write_text(*state, "second", "GOVERNOR=performance\n");
        write_text(*state, "own", "APPLY=always\n");
        assert_int_equal(config_load_with("own", paths, &config, &errors), 0);
        assert_string_equal(config.policy_file, "first");
        assert_int_equal(config.n_files, 3);
        assert_string_equal(config.files[0], "own");
        assert_string_equal(config.files[1], "silent");
        assert_string_equal(config.files[2], "first");
        assert_int_equal(config.apply, APPLY_ALWAYS);

        write_text(*state, "own", "MAX_CSTATE=C1\n");
        assert_int_equal(config_load_with("own", paths, &own, &own_errors), 0);
        assert_null(own.policy_file);
        assert_int_equal(own.n_files, 1);
}

/* A line without effect does not make the daemon read the next file. */
static void test_foreign_line_without_effect_ends_the_search(void **state)
{
        const char *paths[] = { "first", "second", NULL };
        _cleanup_config_faults_ ConfigFaults errors = {};
        _cleanup_config_ Config config = {};
        _cleanup_free_ char *policy = NULL;

        write_text(*state, "first", "GOVERNOR='on|off'\n");
        write_text(*state, "second", "GOVERNOR=powersave\n");
        write_text(*state, "own", "[cpus 0]\n");
        assert_int_equal(config_load_with("own", paths, &config, &errors), 0);
        policy = describe(&config);
        assert_string_equal(policy, " [GOVERNOR=performance] [MAX_CSTATE=shallowest]");
        assert_null(config.policy_file);
        assert_false(config.filled.frequency || config.filled.idle);
        assert_int_equal(errors.n, 2);
        assert_false(errors.entries[0].foreign);
        assert_true(errors.entries[1].foreign);
        assert_non_null(strstr(errors.entries[0].text, "own:1: this section sets nothing"));
}

/* A file sets no policy if it has only stop options, which are not used, or unknown keys. */
static void test_foreign_line_about_no_policy_does_not(void **state)
{
        static const char *const texts[] = { "CPUPOWER_STOP_OPTS=\"frequency-set -g ondemand\n",
                                             "CPUPOWER_STOP_IDLE_OPTS='idle-set' -E\n", "MC_SCHEDULER='1\n" };
        const char *paths[] = { "first", "second", NULL };

        write_text(*state, "second", "GOVERNOR=powersave\n");
        for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
                _cleanup_config_faults_ ConfigFaults errors = {};
                _cleanup_config_ Config config = {};

                write_text(*state, "first", texts[i]);
                assert_int_equal(config_load_with("absent", paths, &config, &errors), 0);
                assert_string_equal(config.policy_file, "second");
                assert_int_equal(errors.n, 1);
                print_message("%s\n", errors.entries[0].text);
                assert_non_null(strstr(errors.entries[0].text, "This line has no effect"));
        }
}

static void test_foreign_file_that_cannot_be_read(void **state)
{
        const char *paths[] = { ".", "first", NULL };
        _cleanup_config_faults_ ConfigFaults errors = {};
        _cleanup_config_ Config config = {};

        (void)unlink("own");
        write_text(*state, "first", rhel);
        assert_int_equal(config_load_with("own", paths, &config, &errors), 0);
        assert_int_equal(errors.n, 1);
        assert_non_null(strstr(errors.entries[0].text, ".: cannot be read: Is a directory"));
        assert_string_equal(config.policy_file, "first");
        assert_false(config.exists);
}

/* Each line without effect gives a remark; remarks beyond the limit are only counted. */
static void test_foreign_remarks_are_counted(void **state)
{
        const char *paths[] = { "first", NULL };
        _cleanup_config_faults_ ConfigFaults errors = {};
        _cleanup_config_ Config config = {};
        char text[512] = "";

        for (unsigned i = 0; i < 30; i++)
                strcat(text, "no key\n");
        write_text(*state, "first", text);
        assert_int_equal(config_load_with("absent", paths, &config, &errors), 0);
        assert_int_equal(errors.n, 21);
        assert_string_equal(errors.entries[20].text, "first: and 10 more remarks");
        assert_int_equal(errors.n_refusals, 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_foreign_field_files, scratch_setup_and_enter, scratch_teardown),
                cmocka_unit_test_setup_teardown(test_foreign_limits_of_cpufrequtils_that_cross, scratch_setup_and_enter,
                                                scratch_teardown),
                cmocka_unit_test_setup_teardown(test_foreign_precedence, scratch_setup_and_enter, scratch_teardown),
                cmocka_unit_test_setup_teardown(test_foreign_line_about_no_policy_does_not, scratch_setup_and_enter,
                                                scratch_teardown),
                cmocka_unit_test_setup_teardown(test_foreign_line_without_effect_ends_the_search,
                                                scratch_setup_and_enter, scratch_teardown),
                cmocka_unit_test_setup_teardown(test_foreign_remarks_are_counted, scratch_setup_and_enter,
                                                scratch_teardown),
                cmocka_unit_test_setup_teardown(test_foreign_file_that_cannot_be_read, scratch_setup_and_enter,
                                                scratch_teardown),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
