/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/macro.h"
#include "check/rate-utc.h"

#define NOW 1000000.0
#define BIT(client) (1U << (client))
#define HOUR 3600.0

static MachineSetup plain_setup;

/* A host whose clock `client` has disciplined for a day. The client says that the clock gains 34 ppm by itself. */
static TimeInput input_of(TimeClient client)
{
        TimeInput input = {
                .now_sec = NOW,
                .clients_known = true,
                .running = BIT(client),
                .steering = BIT(client),
                .kernel_known = true,
                .kernel_max_error_usec = 20000,
                .kernel_freq = -34 * 65536,
                .kernel_tick = 10000,
                .chrony = { .tracked = true,
                            .refid = "C0000201",
                            .normal = true,
                            .reference_sec = NOW - 30,
                            .interval_sec = 64,
                            .frequency_ppm = 34,
                            .residual_ppm = -0.001,
                            .skew_ppm = 0.012,
                            .sources = { { .mode = '^', .state = '*', .reach = 0377 } },
                            .n_sources = 1 },
                .ntp = { .answered = true,
                         .stratum = 2,
                         .refid = "192.0.2.1",
                         .reference_sec = NOW - 30,
                         .root_delay_sec = 0.02,
                         .interval_sec = 64,
                         .frequency_known = true,
                         .frequency_ppm = -34,
                         .wander_ppm = 0.003 },
                .timesyncd_synchronized = true,
                .phcs = { .names = "eth0 ptp0" },
        };

        input.client_age_sec[client] = 24 * HOUR;
        return input;
}

static RateUtc find(const TimeInput *input)
{
        RateUtc rate;

        rate_utc_find(input, &plain_setup, &(RateCounter) { "tsc", true }, &rate);
        return rate;
}

static void expect_known(const TimeInput *input, double ppm, double error, const char *source)
{
        RateUtc rate = find(input);

        if (!rate.known || fabs(rate.ppm - ppm) > 0.0001 || fabs(rate.error_ppm - error) > 0.0005 ||
            !strstr(rate.source, source))
                fail_msg("%s: %d %f %f %s %s", source, rate.known, rate.ppm, rate.error_ppm, rate.source, rate.why);
        assert_string_equal(rate.why, "");
}

static void expect_why(const TimeInput *input, const char *why)
{
        RateUtc rate = find(input);

        if (rate.known || !strstr(rate.why, why))
                fail_msg("%s: %d %s", why, rate.known, rate.why);
}

static void test_each_client(void **state)
{
        static const TimeClient others[] = { CLIENT_PHC2SYS, CLIENT_PTP4L, CLIENT_TIMEMASTER };
        TimeInput input = input_of(CLIENT_CHRONYD);

        /* While chronyd slews, the kernel's freq and tick mislead: what chronyd reports counts. */
        input.kernel_tick = 10800;
        expect_known(&input, 34, 0.013, "chronyc tracking: Frequency 34.00 ppm fast");
        input = input_of(CLIENT_NTPD);
        input.kernel_freq = 0; /* as after ntpd's "disable kernel" */
        expect_known(&input, 34, 0.003 + 2 * 0.01 / 86400 * 1e6, "ntpq rv 0: frequency -34.000");
        input = input_of(CLIENT_TIMESYNCD);
        expect_known(&input, 34, 2 * 0.128 / 86400 * 1e6, "adjtimex: freq -2228224, tick 10000");
        for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
                input = input_of(others[i]);
                input.kernel_tick = 9999;
                expect_known(&input, 134, 2 * 0.001 / 86400 * 1e6, "adjtimex: freq -2228224, tick 9999");
        }
}

static void test_error(void **state)
{
        TimeInput input = input_of(CLIENT_CHRONYD);

        input.chrony.skew_ppm = 10;
        expect_why(&input, "the rate that chronyd has found is still uncertain by 10.0 ppm");
        input.chrony.frequency_ppm = 300;
        expect_known(&input, 300, 10.001, "300.00 ppm fast");

        input = input_of(CLIENT_TIMESYNCD);
        input.client_age_sec[CLIENT_TIMESYNCD] = 7 * HOUR;
        expect_why(&input, "uncertain by 10.2 ppm");
        input.client_age_sec[CLIENT_TIMESYNCD] = 8 * HOUR;
        expect_known(&input, 34, 8.889, "adjtimex");

        input = input_of(CLIENT_NTPD);
        input.client_age_sec[CLIENT_NTPD] = HOUR;
        expect_known(&input, 34, 5.559, "ntpq");
        input.client_age_sec[CLIENT_NTPD] = HOUR / 2;
        expect_why(&input, "uncertain by 11.1 ppm");
}

static void test_cannot_say(void **state)
{
        TimeInput input = input_of(CLIENT_CHRONYD), good = input;
        RateUtc rate;

        input.chrony.normal = false;
        expect_why(&input, "chronyd is not synchronised");
        input = good;
        input.chrony.tracked = false;
        expect_why(&input, "chronyd does not say whether it is synchronised");
        input = good;
        input.chrony.correction_sec = -0.5;
        expect_why(&input, "chronyd still has 0.500 s to correct");
        input = good;
        input.steering = 0;
        expect_why(&input, "chronyd is configured not to set the clock");
        input = good;
        input.client_age_sec[CLIENT_CHRONYD] = 599;
        expect_why(&input, "chronyd has run for 599 s; before ten minutes");
        input.client_age_sec[CLIENT_CHRONYD] = 600;
        expect_known(&input, 34, 0.013, "chronyc");
        input = good;
        input.running = input.steering = BIT(CLIENT_CHRONYD) | BIT(CLIENT_TIMESYNCD);
        expect_why(&input, "several time clients set the clock");
        input = good;
        input.running = input.steering = 0;
        expect_why(&input, "no known time client sets the clock");
        input = input_of(CLIENT_OTHER);
        strcpy(input.other, "ntp-daemon");
        expect_why(&input, "tscwarden cannot query ntp-daemon");
        input = input_of(CLIENT_NTPD);
        input.ntp.frequency_known = false;
        expect_why(&input, "ntpq names no frequency");

        /* A network interface's clock that no program sets runs at its own rate. */
        input = good;
        input.phcs.names[0] = '\0';
        input.chrony.sources[0].mode = '#';
        strcpy(input.chrony.sources[0].name, "PHC0");
        strcpy(plain_setup.ptp_interface, "ptp0");
        expect_why(&input, "chronyd follows a network interface's clock, which no program sets");
        input.phcs.others = true;
        expect_why(&input, "chronyd follows a network interface's clock; it is not known whether a program sets that");
        plain_setup.ptp_interface[0] = '\0';

        rate_utc_find(&good, &plain_setup, &(RateCounter) { "hpet", true }, &rate);
        assert_false(rate.known);
        assert_string_equal(rate.why, "the clocksource is hpet, not tsc");
        rate_utc_find(&good, &plain_setup, &(RateCounter) { "", true }, &rate);
        assert_string_equal(rate.why, "the clocksource is not known");
        rate_utc_find(&good, &plain_setup, &(RateCounter) { "tsc-early", true }, &rate);
        assert_true(rate.known);
        rate_utc_find(&good, &plain_setup, &(RateCounter) { "tsc", false }, &rate);
        assert_false(rate.known);
        assert_string_equal(rate.why,
                            "without constant_tsc the TSC has no rate of its own: it follows the CPU's frequency");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_each_client),
                cmocka_unit_test(test_error),
                cmocka_unit_test(test_cannot_say),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
