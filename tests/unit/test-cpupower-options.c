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

#include "base/macro.h"
#include "model/cpupower-options.h"

/* Each rule as "CPUS KEY=value …", separated by " / ". */
static char *policy_dump(const Policy *policy)
{
        char *text = NULL;
        size_t size;
        FILE *out = open_memstream(&text, &size);

        for (unsigned i = 0; i < policy->n_rules; i++) {
                const PolicyRule *rule = &policy->rules[i];
                _cleanup_free_ char *cpus = cpuset_format(&rule->cpus);

                fprintf(out, "%s%s", i ? " / " : "", rule->all_cpus ? "all" : cpus);
                for (PolicyKey key = 0; key < POLICY_KEY_MAX_; key++) {
                        _cleanup_free_ char *value = policy_rule_format(rule, key);

                        if (rule->has[key])
                                fprintf(out, " %s=%s", policy_key_to_string(key), value);
                        assert_true(!rule->has[key] || rule->lines[key] == 7);
                }
        }
        fclose(out);
        return text;
}

static void test_options_mean(void **state)
{
        static const struct {
                const char *text, *policy;
        } cases[] = {
                { "frequency-set -g performance", "all GOVERNOR=performance" },
                { "frequency-set -gPerformance", "all GOVERNOR=Performance" },
                { "frequency-set -g warp9", "all GOVERNOR=warp9" },
                { "frequency-set -g pf", "all GOVERNOR=pf" },
                { "frequency-set --governor=ondemand", "all GOVERNOR=ondemand" },
                { "frequency-set --gov ondemand -r", "all GOVERNOR=ondemand" },
                { "frequency-set -rgpowersave", "all GOVERNOR=powersave" },
                { "frequency-set -d 2.25GHz -u 3ghz", "all MIN_FREQ=2250000 MAX_FREQ=3000000" },
                { "frequency-set --mi 800000 --max=1800m -g ondemand",
                  "all GOVERNOR=ondemand MIN_FREQ=800000 MAX_FREQ=1800000" },
                { "frequency-set --f 1.8G", "all GOVERNOR=userspace FREQ=1800000" },
                { "-c 0-3 frequency-set -g performance", "0-3 GOVERNOR=performance" },
                { "--cpu 0-7:2,9 frequency-set -u 2GHz", "0,2,4,6,9 MAX_FREQ=2000000" },
                { "-c all idle-set -E", "all idle-set=-E" },
                { "idle-set -d 2", "all idle-set=-d 2" },
                { "idle-set --disable=2", "all idle-set=-d 2" },
                { "idle-set -e0", "all idle-set=-e 0" },
                { "idle-set --disable-b 20", "all idle-set=-D 20" },
                { "idle-set -D 0", "all idle-set=-D 0" },
                { "set -b 6 -e balance_power", "all EPP=balance_power PERF_BIAS=6" },
                { "set --p 15", "all PERF_BIAS=15" },
                { "set --epp=128", "all EPP=128" },
                /* Several commands in one text. */
                { "frequency-set -g performance ; idle-set -D 10", "all GOVERNOR=performance / all idle-set=-D 10" },
                { ";frequency-set -g performance;-c 1 idle-set -d 1;;", "all GOVERNOR=performance / 1 idle-set=-d 1" },
                /* Seen on real hosts: getopt skips the second word, and both options count. */
                { "frequency-set -g performance frequency-set --max 3.0GHz",
                  "all GOVERNOR=performance / all MAX_FREQ=3000000" },
                { "-c 2 frequency-set -g performance idle-set -E", "2 GOVERNOR=performance / 2 idle-set=-E" },
                /* systemd removes quotes and backslashes, and splits at every kind of blank. */
                { "  frequency-set\t-g\n'performance'  ", "all GOVERNOR=performance" },
                { "\"frequency-set\" -g perf\"orm\"ance", "all GOVERNOR=performance" },
                { "idle\\-set -E", "all idle-set=-E" },
        };

        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                _cleanup_policy_ Policy policy = {};
                _cleanup_free_ char *dump = NULL;
                CpupowerWhy why = "";
                int r = cpupower_options_parse(cases[i].text, "F", 7, &policy, why);

                print_message("%s: %s\n", cases[i].text, why);
                assert_int_equal(r, 0);
                dump = policy_dump(&policy);
                assert_string_equal(dump, cases[i].policy);
        }
}

static void test_options_refuse(void **state)
{
        static const struct {
                const char *text, *why;
        } cases[] = {
                { "", "no command; write one like frequency-set -g performance" },
                { " ; ", "no command; " },
                { "cpupower frequency-set -g performance", "(remove the word cpupower)" },
                { "frequency-info",
                  "'frequency-info' is no command that sets something; there are frequency-set, idle-set and set" },
                { "frequency-set", "frequency-set sets nothing; it needs -d, -u, -g or -f" },
                { "frequency-set -r", "it needs -d, -u, -g or -f" },
                { "frequency-set -g", "frequency-set -g has no value; write one after it" },
                { "frequency-set --governor", "frequency-set --governor has no value" },
                { "frequency-set --related=1 -g performance", "--related takes no value" },
                { "frequency-set -g performance -g powersave",
                  "frequency-set has --governor twice; keep one of the two" },
                { "frequency-set -g performance fast",
                  "'fast' belongs to no option of frequency-set; remove it, or put ;" },
                { "frequency-set -g performance -- x", "'--' belongs to no option" },
                { "frequency-set -g performance|powersave", "is a list, which cpupower does not know" },
                { "frequency-set -g a,b", "is not the name of a governor" },
                { "frequency-set -g abcdefghijklmnop", "has more than 15 characters" },
                { "frequency-set -d fast", "--min 'fast' is not a frequency; write it like 2.4GHz" },
                { "frequency-set -d 2 GHz", "'2 GHz' has a blank before its unit; write 2GHz" },
                { "frequency-set --min 1.0GHz --max=1.8 GHz -g powersave",
                  "'1.8 GHz' has a blank before its unit; write 1.8GHz" },
                { "frequency-set -u 2200", "frequency-set --max '2200' has no unit and so counts in kHz" },
                { "frequency-set -u 3.3", "did you mean 3.3GHz?" },
                { "frequency-set -f 800", "did you mean 800MHz?" },
                { "frequency-set -u 0", "--max '0' is no frequency; comment it out or leave it out where no limit" },
                { "frequency-set -u 0.0001", "is out of range" },
                { "frequency-set -u 2THz", "is out of range" },
                { "frequency-set -d 3GHz -u 2GHz", "has a minimum (-d) above its maximum (-u)" },
                { "frequency-set -f 2GHz -u 3GHz", "-f together with -d or -u" },
                { "frequency-set -f 2GHz -g performance", "asks for a second governor (-f is userspace)" },
                { "frequency-set --m 2GHz", "has several options that begin with '--m'" },
                { "frequency-set -x", "frequency-set has no option '-x'" },
                { "frequency-set --speed 1", "frequency-set has no option '--speed'" },
                { "frequency-set -c 0 -g performance", "-c comes after frequency-set; write it before" },
                { "-c 0-3", "-c LIST and no command" },
                { "-c", "-c has no list of CPUs" },
                { "-c 3-1 idle-set -E", "'3-1' is no list of CPUs; write it like all, 0-3,8 or 0-7:2" },
                { "-c '' idle-set -E", "'' is no list of CPUs" },
                { "-c 0-3:0 idle-set -E", "is no list of CPUs" },
                { "-c 9000 idle-set -E", "is no list of CPUs below 8192" },
                { "-c 0 -c 1 idle-set -E", "there are two -c before" },
                { "-c0 idle-set -E", "'-c0' is before the command, where only -c LIST may be" },
                { "--cpu=0 idle-set -E", "'--cpu=0' is before the command" },
                { "idle-set -d foo", "idle-set --disable 'foo' is not the index of an idle state; write 0, 1, 2" },
                { "idle-set -d 100", "is not the index of an idle state" },
                { "idle-set -d -e", "'-e' is not the index" },
                { "idle-set -D 10us", "is not a latency; write whole microseconds without a unit" },
                { "idle-set -d 1 -e 2", "is a second option; put each into an idle-set of its own" },
                { "idle-set -d 1 -d 2", "idle-set has --disable twice" },
                { "idle-set --dis 1", "has several options that begin with '--dis'" },
                { "idle-set", "it needs -d, -e, -D or -E" },
                { "set -b 16", "is not a bias; write a number" },
                { "set -b x", "is not a bias; write a number" },
                { "set -e", "set -e has no value" },
                { "set -e default", "reads back as another name" },
                { "set -e 'a b'", "is not an energy performance preference" },
                { "set -m active", "set --amd-pstate-mode 'active' exchanges the cpufreq driver" },
                { "set -t 0", "set --turbo-boost '0' is one switch for the whole machine" },
                { "set --boost 1", "set --boost '1' is one switch" },
                { "set", "set sets nothing; it needs -b or -e" },
                { "frequency-set -g 'performance", "ends inside a quote or after a backslash" },
                { "frequency-set -g performance\\", "ends inside a quote or after a backslash" },
        };

        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                _cleanup_policy_ Policy policy = {};
                CpupowerWhy why = "";

                assert_non_null(policy_add_rule(&policy));
                assert_int_equal(cpupower_options_parse(cases[i].text, "F", 7, &policy, why), -EINVAL);
                print_message("%s: %s\n", cases[i].text, why);
                assert_non_null(strstr(why, cases[i].why));
                assert_int_equal(policy.n_rules, 1);
        }
}

static void test_options_join_what_is_there(void **state)
{
        _cleanup_policy_ Policy policy = {};
        _cleanup_free_ char *dump = NULL;
        CpupowerWhy why;

        assert_int_equal(cpupower_options_parse("frequency-set -g performance", "F", 7, &policy, why), 0);
        assert_int_equal(cpupower_options_parse("-c 1 idle-set -d 2", "F", 7, &policy, why), 0);
        dump = policy_dump(&policy);
        assert_string_equal(dump, "all GOVERNOR=performance / 1 idle-set=-d 2");
        assert_string_equal(policy.rules[1].file, "F");
        assert_int_equal(policy.rules[1].line, 7);
        assert_false(policy_cpus_agree(&policy, 0, 1));
        assert_true(policy_cpus_agree(&policy, 0, 2));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_options_mean),
                cmocka_unit_test(test_options_refuse),
                cmocka_unit_test(test_options_join_what_is_there),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
