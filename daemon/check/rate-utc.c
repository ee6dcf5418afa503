/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "check/rate-utc.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/macro.h"
#include "model/kernel-line.h"
#include "model/rate.h"

/* The largest error that a synchronised clock can have had when the client started and now, for clients that do not
 * report it. systemd-timesyncd would have stepped a larger one. A network interface's or the hypervisor's clock is
 * read within microseconds. */
#define OFFSET_TIMESYNCD_SEC TIME_CORRECTION_MAX_SEC
#define OFFSET_PHC_SEC 0.001

static void cannot_say(RateUtc *rate, const char *format, ...) _printf_(2, 3);
static void cannot_say(RateUtc *rate, const char *format, ...)
{
        va_list ap;

        va_start(ap, format);
        (void)vsnprintf(rate->why, sizeof(rate->why), format, ap);
        va_end(ap);
}

/* The error of the rate, in ppm, if the clock was off by at most `offset_sec` since the client started. */
static double error_over_time(const TimeInput *input, TimeClient client, double offset_sec)
{
        return 2 * offset_sec / input->client_age_sec[client] * 1e6;
}

static void take_chrony(const TimeInput *input, RateUtc *rate)
{
        const ChronyReport *report = &input->chrony;
        char words[RATE_WORDS_SIZE];

        /* chronyc's figure, not the kernel's frequency: chronyd changes the latter while it slews the clock. */
        rate->ppm = rate_from_chrony(report->frequency_ppm);
        rate->error_ppm = report->skew_ppm + fabs(report->residual_ppm);
        (void)snprintf(rate->source, sizeof(rate->source), "chronyc tracking: Frequency %s",
                       rate_words(rate_from_chrony(report->frequency_ppm), words));
}

static void take_ntp(const TimeInput *input, const TimeView *view, RateUtc *rate)
{
        /* ntpq's figure, not the kernel's frequency: with `disable kernel` ntpd corrects the clock itself, once a
         * second. */
        rate->ppm = rate_from_ntp(input->ntp.frequency_ppm);
        rate->error_ppm = input->ntp.wander_ppm + error_over_time(input, CLIENT_NTPD, view->bound_sec);
        (void)snprintf(rate->source, sizeof(rate->source), "ntpq rv 0: frequency %.3f", input->ntp.frequency_ppm);
}

static void take_kernel(const TimeInput *input, RateUtc *rate)
{
        rate->ppm = rate_from_kernel(input->kernel_freq, input->kernel_tick);
        rate->error_ppm = error_over_time(input, rate->client,
                                          rate->client == CLIENT_TIMESYNCD ? OFFSET_TIMESYNCD_SEC : OFFSET_PHC_SEC);
        (void)snprintf(rate->source, sizeof(rate->source), "adjtimex: freq %ld, tick %ld", input->kernel_freq,
                       input->kernel_tick);
}

/* True if exactly one client sets the clock and knows the error of its rate. Otherwise rate->why says why not. */
static bool is_disciplined(const TimeInput *input, const TimeView *view, RateUtc *rate)
{
        static const char *const lacks[TIME_MAX_] = {
                [TIME_UNKNOWN] = "does not say whether it is synchronised",
                [TIME_UNKEPT] = "follows a network interface's clock, which no program sets",
                [TIME_UNTRACED] = "follows a network interface's clock; it is not known whether a program sets that",
        };
        const char *lack = lacks[view->verdict];
        const char *name = view->client == CLIENT_NONE ? "" : time_client_to_string(view->client);

        if (view->client == CLIENT_NONE)
                cannot_say(rate, "no known time client sets the clock");
        else if (time_count_disciplines(input) > 1)
                cannot_say(rate, "several time clients set the clock");
        else if (!(input->steering >> view->client & 1))
                cannot_say(rate, "%s is configured not to set the clock", name);
        else if (view->verdict == TIME_UNASKED)
                cannot_say(rate, "tscwarden cannot query %s", view->client == CLIENT_OTHER ? input->other : name);
        else if (view->verdict == TIME_OFF)
                cannot_say(rate, "%s still has %.3f s to correct", name, fabs(view->correction_sec));
        else if (view->verdict != TIME_SYNCHRONIZED)
                cannot_say(rate, "%s %s", name, lack ? lack : "is not synchronised");
        return !rate->why[0];
}

static bool take(const TimeInput *input, const TimeView *view, RateUtc *rate)
{
        const char *name = time_client_to_string(view->client);
        double age = input->client_age_sec[view->client];

        if (age < RATE_STEADY_SEC)
                cannot_say(rate, "%s has run for %.0f s; before ten minutes its rate is not steady", name, age);
        else if (view->client == CLIENT_CHRONYD)
                take_chrony(input, rate);
        else if (view->client != CLIENT_NTPD)
                take_kernel(input, rate);
        else if (input->ntp.frequency_known)
                take_ntp(input, view, rate);
        else
                cannot_say(rate, "ntpq names no frequency");
        if (!rate->why[0] && !rate_is_meaningful(rate->ppm, rate->error_ppm))
                cannot_say(rate, "the rate that %s has found is still uncertain by %.1f ppm", name, rate->error_ppm);
        return !rate->why[0];
}

bool rate_counter_is_steady(const RateCounter *counter)
{
        return clocksource_is_tsc(counter->clocksource) && counter->constant;
}

void rate_utc_find(const TimeInput *input, const MachineSetup *setup, const RateCounter *counter, RateUtc *ret)
{
        TimeView view;

        time_judge_here(input, setup, &view);
        *ret = (RateUtc) { .client = view.client };
        if (rate_counter_is_steady(counter))
                ret->known = is_disciplined(input, &view, ret) && take(input, &view, ret);
        else if (!counter->clocksource[0])
                cannot_say(ret, "the clocksource is not known");
        else if (!clocksource_is_tsc(counter->clocksource))
                cannot_say(ret, "the clocksource is %s, not tsc", counter->clocksource);
        else
                cannot_say(ret, "without constant_tsc the TSC has no rate of its own: it follows the CPU's frequency");
}
