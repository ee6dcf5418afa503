/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/macro.h"
#include "model/frequency.h"

/* Speeds in 100 MHz, so that a row fits a line: 8 is 800000 kHz. */
typedef struct Row {
        const char *governor;
        unsigned min, max, cur,
                setspeed; /* setspeed: the speed requested under userspace, 0 for none; `unsure`: it may be another */
        bool unsure;
        Knob knob;
        const char *value;
        Effect effect; /* where a change of frequency costs the TSC; `free`: on other hosts */
        Effect free;
} Row;

#define MAX KNOB_SCALING_MAX_FREQ
#define MIN KNOB_SCALING_MIN_FREQ
#define GOV KNOB_SCALING_GOVERNOR
#define SPEED KNOB_SCALING_SETSPEED
#define NONE EFFECT_NONE
#define HOLDS EFFECT_HOLDS_FREQUENCY
#define MARKS EFFECT_MARKS_TSC_UNSTABLE

static const Row rows[] = {
        /* performance keeps the maximum, powersave the minimum. */
        { "performance", 8, 26, 26, 0, false, MIN, "1400000", HOLDS, HOLDS },
        { "performance", 8, 26, 26, 0, false, MAX, "2000000", MARKS, HOLDS },
        { "performance", 8, 20, 20, 0, false, MAX, "2600000", MARKS, HOLDS },
        { "performance", 8, 26, 26, 0, false, GOV, "powersave", MARKS, HOLDS },
        { "performance", 8, 26, 26, 0, false, GOV, "Performance", HOLDS, HOLDS },
        { "performance", 8, 26, 26, 0, false, GOV, "ondemand", MARKS, NONE },
        { "performance", 8, 26, 26, 0, false, GOV, "userspace", HOLDS, HOLDS },
        { "powersave", 8, 26, 8, 0, false, MAX, "2000000", HOLDS, HOLDS },
        { "powersave", 8, 26, 8, 0, false, MIN, "1400000", MARKS, HOLDS },
        { "powersave", 14, 26, 14, 0, false, MIN, "800000", MARKS, HOLDS },
        { "powersave", 8, 26, 8, 0, false, GOV, "performance", MARKS, HOLDS },
        /* No governor changes the frequency while both limits are equal. */
        { "ondemand", 14, 14, 14, 0, false, GOV, "performance", HOLDS, HOLDS },
        { "performance", 14, 14, 14, 0, false, GOV, "schedutil", HOLDS, HOLDS },
        { "ondemand", 14, 14, 14, 0, false, MAX, "2600000", MARKS, NONE },
        { "ondemand", 14, 14, 14, 0, false, MIN, "800000", MARKS, NONE },
        { "nosuch", 14, 14, 14, 0, false, MIN, "800000", MARKS, NONE },
        /* Narrower limits around the present frequency do not make a governor change it. */
        { "ondemand", 8, 26, 14, 0, false, MAX, "2000000", NONE, NONE },
        { "ondemand", 8, 26, 14, 0, false, MAX, "1400000", NONE, NONE },
        { "ondemand", 8, 14, 14, 0, false, MIN, "1400000", HOLDS, HOLDS },
        { "ondemand", 8, 26, 14, 0, false, MIN, "1400000", NONE, NONE },
        { "ondemand", 8, 26, 14, 0, false, MIN, "2000000", MARKS, NONE },
        { "ondemand", 14, 26, 20, 0, false, MAX, "1400000", MARKS, HOLDS },
        { "ondemand", 8, 26, 14, 0, false, MAX, "800000", MARKS, HOLDS },
        { "ondemand", 8, 20, 14, 0, false, MAX, "2600000", MARKS, NONE },
        { "ondemand", 14, 26, 20, 0, false, MIN, "800000", MARKS, NONE },
        { "ondemand", 8, 26, 14, 0, false, GOV, "performance", MARKS, HOLDS },
        { "ondemand", 8, 26, 14, 0, false, GOV, "schedutil", MARKS, NONE },
        /* If the frequency is not known, every limit may change it. */
        { "performance", 8, 26, 0, 0, false, MIN, "1400000", MARKS, HOLDS },
        { "ondemand", 0, 26, 0, 0, false, MAX, "2000000", MARKS, NONE },
        /* The frequency differs from the one that this governor wants, so it is about to change. */
        { "performance", 8, 26, 14, 0, false, MIN, "1400000", MARKS, HOLDS },
        { "performance", 8, 26, 14, 0, false, MAX, "1400000", HOLDS, HOLDS },
        /* userspace starts at the present frequency and keeps it. */
        { "schedutil", 8, 26, 14, 0, false, GOV, "userspace", HOLDS, HOLDS },
        { "userspace", 8, 26, 14, 14, false, SPEED, "1400000", HOLDS, HOLDS },
        { "userspace", 8, 26, 14, 14, false, SPEED, "2000000", MARKS, HOLDS },
        { "userspace", 8, 14, 14, 14, false, SPEED, "2600000", HOLDS, HOLDS },
        { "userspace", 8, 26, 14, 14, false, MAX, "2000000", HOLDS, HOLDS },
        { "userspace", 8, 26, 14, 14, false, MAX, "800000", MARKS, HOLDS },
        { "userspace", 8, 26, 14, 14, false, MIN, "2000000", MARKS, HOLDS },
        { "userspace", 8, 26, 14, 20, false, MIN, "1400000", MARKS, HOLDS },
        { "userspace", 8, 26, 14, 0, false, MIN, "1400000", HOLDS, HOLDS },
        { "userspace", 8, 26, 14, 14, false, GOV, "performance", MARKS, HOLDS },
        /* A requested speed may wait until the limit is raised. */
        { "userspace", 8, 14, 14, 14, true, MAX, "2000000", MARKS, HOLDS },
        { "userspace", 8, 14, 14, 14, false, MAX, "2000000", HOLDS, HOLDS },
        { "userspace", 14, 26, 14, 14, true, MIN, "800000", MARKS, HOLDS },
        { "userspace", 14, 26, 14, 14, false, MIN, "800000", HOLDS, HOLDS },
        { "userspace", 8, 20, 14, 14, true, MAX, "2600000", HOLDS, HOLDS },
        { "userspace", 10, 26, 14, 14, true, MIN, "800000", HOLDS, HOLDS },
        { "userspace", 8, 14, 14, 14, true, MIN, "1000000", HOLDS, HOLDS },
        { "userspace", 8, 14, 14, 14, true, SPEED, "1400000", HOLDS, HOLDS },
};

static FreqDomain domain_of(const Row *row)
{
        FreqDomain domain = { .min_khz = row->min * 100000,
                              .max_khz = row->max * 100000,
                              .cur_khz = row->cur * 100000,
                              .setspeed_khz = row->setspeed * 100000,
                              .setspeed_is_sure = !row->unsure };

        strcpy(domain.governor, row->governor);
        return domain;
}

static void test_frequency_effect(void **state)
{
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                FreqDomain domain = domain_of(&rows[i]);

                for (unsigned fragile = 0; fragile < 2; fragile++) {
                        Effect effect = frequency_effect(&domain, fragile, rows[i].knob, rows[i].value);

                        if (effect != (fragile ? rows[i].effect : rows[i].free))
                                fail_msg("row %zu, %s %u-%u at %u, %s=%s, fragile %u: %s", i, rows[i].governor,
                                         rows[i].min, rows[i].max, rows[i].cur, knob_to_string(rows[i].knob),
                                         rows[i].value, fragile, effect_to_string(effect));
                }
        }
}

static void test_frequency_set(void **state)
{
        FreqDomain domain = { .min_khz = 800000, .max_khz = 2600000, .cur_khz = 1400000 };

        strcpy(domain.governor, "ondemand");
        frequency_set(&domain, MAX, "2000000");
        frequency_set(&domain, MIN, "1000000");
        assert_int_equal(domain.max_khz, 2000000);
        assert_int_equal(domain.min_khz, 1000000);
        frequency_set(&domain, GOV, "userspace");
        assert_true(frequency_is_userspace(&domain));
        assert_int_equal(domain.setspeed_khz, 1400000);
        assert_true(domain.setspeed_is_sure);
        domain.setspeed_is_sure = false;
        frequency_set(&domain, SPEED, "2000000");
        assert_int_equal(domain.setspeed_khz, 2000000);
        assert_true(domain.setspeed_is_sure);
        frequency_set(&domain, GOV, "powersave");
        assert_int_equal(domain.setspeed_khz, 0);
        assert_false(domain.setspeed_is_sure);
}

static void test_frequency_rests(void **state)
{
        static const Row resting[] = {
                { .governor = "performance", .min = 8, .max = 26, .cur = 26 },
                { .governor = "powersave", .min = 8, .max = 26, .cur = 8 },
                { .governor = "userspace", .min = 8, .max = 26, .cur = 14, .setspeed = 14 },
                { .governor = "ondemand", .min = 14, .max = 14, .cur = 14 },
                { .governor = "userspace", .min = 8, .max = 14, .cur = 14, .setspeed = 26 },
                { .governor = "userspace", .min = 14, .max = 26, .cur = 14, .setspeed = 8 },
        };
        static const Row moving[] = {
                { .governor = "performance", .min = 8, .max = 26, .cur = 14 },
                { .governor = "powersave", .min = 8, .max = 26, .cur = 14 },
                { .governor = "userspace", .min = 8, .max = 26, .cur = 14, .setspeed = 20 },
                { .governor = "ondemand", .min = 8, .max = 26, .cur = 26 },
                { .governor = "ondemand", .min = 14, .max = 14, .cur = 20 },
                { .governor = "performance", .min = 0, .max = 0, .cur = 0 },
                { .governor = "userspace", .min = 8, .max = 26, .cur = 30 },
        };

        for (size_t i = 0; i < ARRAY_SIZE(resting); i++) {
                FreqDomain domain = domain_of(&resting[i]);

                assert_true(frequency_rests(&domain));
        }
        for (size_t i = 0; i < ARRAY_SIZE(moving); i++) {
                FreqDomain domain = domain_of(&moving[i]);

                assert_false(frequency_rests(&domain));
        }
}

static void test_frequency_effect_names(void **state)
{
        assert_string_equal(effect_to_string(EFFECT_NONE), "none");
        assert_string_equal(effect_to_string(EFFECT_HOLDS_FREQUENCY), "holds-frequency");
        assert_string_equal(effect_to_string(EFFECT_LIMITS_IDLE), "limits-idle");
        assert_string_equal(effect_to_string(EFFECT_MARKS_TSC_UNSTABLE), "marks-tsc-unstable");
}

static void test_frequency_find_nearest(void **state)
{
        FreqDomain domain = {};

        assert_int_equal(frequency_find_nearest(&domain, 0, true), 0);
        domain.frequencies = "2600000 800000 1400000";
        assert_int_equal(frequency_find_nearest(&domain, 0, true), 800000);
        domain.frequencies = "";
        assert_int_equal(frequency_find_nearest(&domain, 0, true), 0);
}

static void test_frequency_maximum_is_lowered(void **state)
{
        static const struct {
                uint64_t max_khz;
                const char *frequencies, *max;
                bool limited;
        } limits[] = {
                { 1800000, "2600000 1800000 1000000", "2600000", true },
                { 2600000, "2600000 1800000 1000000", "2600000", false },
                /* The kernel rounds to the driver's table. */
                { 1800000, "2600000 1800000 1000000", "2200000", false },
                { 1000000, "2600000 1800000 1000000", "2200000", true },
                { 1800000, "2600000 1800000 1000000 ", "1000000", false },
                { 1800000, NULL, "2200000", true },
                { 2200000, NULL, "2200000", false },
                { 800000, "2600000", "1000000", true },
                { 1800000, NULL, "x", false },
        };

        for (size_t i = 0; i < ARRAY_SIZE(limits); i++) {
                FreqDomain domain = { .max_khz = limits[i].max_khz, .frequencies = (char *)limits[i].frequencies };

                assert_int_equal(frequency_maximum_is_lowered(&domain, limits[i].max), limits[i].limited);
        }
        assert_true(frequency_is_lower("800000", "1000000"));
        assert_false(frequency_is_lower("1000000", "1000000"));
        assert_false(frequency_is_lower("x", "1000000"));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_frequency_find_nearest), cmocka_unit_test(test_frequency_maximum_is_lowered),
                cmocka_unit_test(test_frequency_effect),       cmocka_unit_test(test_frequency_set),
                cmocka_unit_test(test_frequency_rests),        cmocka_unit_test(test_frequency_effect_names),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
