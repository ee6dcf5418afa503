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

#include "host/config/config-keys.h"
#include "host/config/config.h"

/* A key writes to a PolicyRule or to a Config. */
typedef struct Target {
        PolicyRule rule;
        Config config;
} Target;

static int parse(const char *name, const char *text, Target *target, ConfigWhy why)
{
        const ConfigKey *key = config_key_find(name, why);
        char *base = (char *)&target->config;

        assert_non_null(key);
        if (key->policy_key != POLICY_KEY_INVALID_) {
                assert_string_equal(policy_key_to_string(key->policy_key), name);
                base = (char *)&target->rule;
                target->rule.has[key->policy_key] = true;
        }
        return key->parse(key, text, base + key->offset, why);
}

static void test_keys_take_values(void **state)
{
        static const struct {
                const char *key, *text, *formatted; /* NULL: as text */
        } cases[] = {
                { "GOVERNOR", "performance", NULL },
                { "GOVERNOR", "performance|userspace", NULL },
                { "GOVERNOR", "a|b|c|d|e|f|g|h", NULL },
                { "GOVERNOR", "abcdefghijklmno", NULL },
                { "GOVERNOR", "warp9", NULL },
                { "GOVERNOR", "Vendor-2", NULL },
                { "GOVERNOR", "a-b_c", NULL },
                { "GOVERNOR", "gov@2+x", NULL },
                { "MIN_FREQ", "2.4GHz", "2400000" },
                { "MAX_FREQ", "2400000", NULL },
                { "MAX_FREQ", "10000", NULL },
                { "MAX_FREQ", "2200kHz", "2200" },
                { "MAX_CSTATE", "C1", NULL },
                { "MAX_CSTATE", "C1_ACPI", NULL },
                { "MAX_CSTATE", "C1E", NULL },
                { "MAX_CSTATE", "20us", NULL },
                { "MAX_CSTATE", "1ms", "1000us" },
                { "MAX_CSTATE", "shallowest", NULL },
        };

        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                _cleanup_policy_ Policy policy = {};
                _cleanup_free_ char *formatted = NULL;
                Target target = {};
                ConfigWhy why;

                print_message("%s=%s\n", cases[i].key, cases[i].text);
                assert_int_equal(parse(cases[i].key, cases[i].text, &target, why), 0);
                *policy_add_rule(&policy) = target.rule;
                formatted = policy_rule_format(&policy.rules[0], policy_key_from_string(cases[i].key));
                assert_string_equal(formatted, cases[i].formatted ? cases[i].formatted : cases[i].text);
        }
}

static void test_keys_take_settings(void **state)
{
        Target target = { .config.on_stop = STOP_KEEP };
        ConfigWhy why;

        assert_int_equal(parse("APPLY", "never", &target, why), 0);
        assert_int_equal(parse("APPLY_WHEN", "guests", &target, why), 0);
        assert_int_equal(parse("DRIFT", "report", &target, why), 0);
        assert_int_equal(parse("ON_STOP", "restore", &target, why), 0);
        assert_string_equal(apply_mode_to_string(target.config.apply), "never");
        assert_string_equal(apply_when_to_string(target.config.apply_when), "guests");
        assert_string_equal(drift_mode_to_string(target.config.drift), "report");
        assert_string_equal(stop_mode_to_string(target.config.on_stop), "restore");
}

static void test_keys_refuse_values(void **state)
{
        static const struct {
                const char *key, *text, *why; /* why: the end of the message that begins with KEY='text' */
        } cases[] = {
                { "APPLY", "Always", "has the wrong case; write always" },
                { "APPLY", "yes", "is not known; write auto, always or never" },
                { "APPLY_WHEN", "auto", "is not known; write always or guests" },
                { "DRIFT", "repair ", "is not known; write repair or report" },
                { "ON_STOP", "KEEP", "has the wrong case; write keep" },
                { "GOVERNOR", "a||b",
                  "has an empty name in its list; write it like performance or performance|userspace" },
                { "GOVERNOR", "a|",
                  "has an empty name in its list; write it like performance or performance|userspace" },
                { "GOVERNOR", "a | b",
                  "is not a list of governors; write it like performance or performance|userspace" },
                { "GOVERNOR", "a,b", "is not a list of governors; write it like performance or performance|userspace" },
                { "GOVERNOR", "a|b|a", "names a governor twice; name it once" },
                { "GOVERNOR", "a|b|c|d|e|f|g|h|i", "has more than 8 names; write at most 8" },
                { "GOVERNOR", "abcdefghijklmnop",
                  "has a name of more than 15 bytes; no governor of the kernel has so long a name" },
                { "MIN_FREQ", "2,4GHz",
                  "is not a frequency; write it like 2.4GHz, 2400MHz or 2400000 (kHz), without a blank" },
                { "MIN_FREQ", "1.8 GHz", "has a blank before its unit; write 1.8GHz" },
                { "MAX_FREQ", "0", "is no frequency; comment it out or leave it out where no limit is meant" },
                { "MAX_FREQ", "0.0GHz", "is no frequency; comment it out or leave it out where no limit is meant" },
                { "MAX_FREQ", "2THz", "is out of range; write a frequency up to 1THz, like 2.4GHz or 2400000 (kHz)" },
                { "MAX_FREQ", "2200",
                  "has no unit and so counts in kHz, where no CPU is that slow; did you mean 2200MHz?" },
                { "MAX_FREQ", "9999",
                  "has no unit and so counts in kHz, where no CPU is that slow; did you mean 9999MHz?" },
                { "MIN_FREQ", "2.4",
                  "has no unit and so counts in kHz, where no CPU is that slow; did you mean 2.4GHz?" },
                { "MAX_CSTATE", "2",
                  "is an index, which differs from CPU to CPU; "
                  "write a name such as C1 or a latency such as 20us" },
                { "MAX_CSTATE", "POLL",
                  "keeps the CPU at full power (POLL never halts it); "
                  "write C1, or comment the line out for the shallowest state that halts" },
                { "MAX_CSTATE", "Poll",
                  "keeps the CPU at full power (POLL never halts it); "
                  "write C1, or comment the line out for the shallowest state that halts" },
                { "MAX_CSTATE", "0us",
                  "leaves only POLL, which keeps the CPU at full power; write C1 or a latency such as 20us" },
                { "MAX_CSTATE", "20 us", "is neither a state name nor a latency; write it like C1, 20us or 1ms" },
                { "MAX_CSTATE", "9000s", "is more than an hour; write a latency such as 20us or 1ms" },
                { "MAX_CSTATE", "_C1", "is neither a state name nor a latency; write it like C1, 20us or 1ms" },
                { "MAX_CSTATE", "C1/..", "is neither a state name nor a latency; write it like C1, 20us or 1ms" },
                { "MAX_CSTATE", "C1\n", "is neither a state name nor a latency; write it like C1, 20us or 1ms" },
                { "MAX_CSTATE", "C234567890123456",
                  "has more than 15 characters; no state of the kernel has so long a name" },
        };

        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                _cleanup_free_ char *expected = NULL;
                Target target = {};
                ConfigWhy why;

                print_message("%s=%s\n", cases[i].key, cases[i].text);
                assert_int_equal(parse(cases[i].key, cases[i].text, &target, why), -EINVAL);
                assert_true(asprintf(&expected, "%s='%s' %s", cases[i].key, cases[i].text, cases[i].why) > 0);
                assert_string_equal(why, expected);
                assert_null(target.rule.governors);
                assert_null(target.rule.idle.name);
                assert_int_equal(target.rule.min_khz, 0);
        }
}

static void test_keys_unknown(void **state)
{
        static const struct {
                const char *name, *why;
        } cases[] = {
                { "Governor", "key 'Governor' has the wrong case; write GOVERNOR" },
                { "GOVENOR", "unknown key 'GOVENOR'; did you mean GOVERNOR?" },
                { "MINFREQ", "unknown key 'MINFREQ'; did you mean MIN_FREQ?" },
                { "max_cstates", "unknown key 'max_cstates'; did you mean MAX_CSTATE?" },
                { "ONSTOP", "unknown key 'ONSTOP'; did you mean ON_STOP?" },
                { "NOTHING",
                  "unknown key 'NOTHING'; there are APPLY, APPLY_WHEN, GOVERNOR, MIN_FREQ, MAX_FREQ, MAX_CSTATE, "
                  "DRIFT, ON_STOP, CPUPOWER_START_OPTS, CPUPOWER_START_IDLE_OPTS, CPUPOWER_STOP_OPTS and "
                  "CPUPOWER_STOP_IDLE_OPTS" },
                { "CPUPOWER_START_OPT", "unknown key 'CPUPOWER_START_OPT'; did you mean CPUPOWER_START_OPTS?" },
                { "MAX_SPEED", "MAX_SPEED is cpufrequtils's; write MAX_FREQ, or leave the line out where it holds 0" },
                { "ENABLE", "ENABLE is cpufrequtils's; leave the line out, APPLY is the switch here" },
                { "START_OPTS",
                  "START_OPTS is Gentoo's; write CPUPOWER_START_OPTS=\"frequency-set ...\" with what START_OPTS holds" },
                { "perf_bias",
                  "perf_bias is a key of cpupower-service.conf; write CPUPOWER_START_OPTS=\"set -b ...\"" },
        };
        char longer[1000];
        ConfigWhy why;

        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                assert_null(config_key_find(cases[i].name, why));
                assert_string_equal(why, cases[i].why);
        }
        memset(longer, 'A', sizeof(longer));
        longer[sizeof(longer) - 1] = '\0';
        assert_null(config_key_find(longer, why));
        assert_non_null(strstr(why, "AAAA...'; there are"));
}

/* explain_unknown() has the names of the keys as literals. */
static void test_keys_are_all_named(void **state)
{
        ConfigWhy why;

        for (size_t i = 0; i < CONFIG_KEYS_MAX; i++) {
                assert_null(config_key_find("X", why));
                assert_non_null(strstr(why, config_keys[i].name));
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_keys_take_values),   cmocka_unit_test(test_keys_take_settings),
                cmocka_unit_test(test_keys_refuse_values), cmocka_unit_test(test_keys_unknown),
                cmocka_unit_test(test_keys_are_all_named),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
