/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Checks whether the TSC's rate is right, compared with UTC and with the calibration at earlier boots.
 */
#include <errno.h>
#include <math.h>
#include <string.h>
#include <time.h>

#include "check/audit-parts.h"
#include "check/rate-utc.h"
#include "model/rate.h"

#define SECONDS_A_DAY 86400

static void advise_utc(double ppm, AuditStep *step, Audit *audit)
{
        double off = fabs(ppm) * SECONDS_A_DAY / 1e6;
        const char *ways = ppm > 0 ? "gains" : "loses";

        switch (rate_level(ppm)) {
        case RATE_NOTE:
                audit_advise(audit, step, "A guest that reads the TSC and has no time client %s %.1f s a day.", ways,
                             off);
                break;
        case RATE_WARN:
                audit_advise(
                        audit, step,
                        "A guest that reads the TSC and has no time client %s %.1f s a day. If the rates of two hosts differ by "
                        "more than %u ppm, KVM does not take them for equal.",
                        ways, off, RATE_WARN_PPM);
                break;
        case RATE_FAIL:
                audit_advise(
                        audit, step,
                        "A guest that reads the TSC %s %.1f s a day, and a time client in it can correct no more than 500 ppm "
                        "(43.2 s a day). If the kernel has calibrated it wrongly, a reboot helps. If the rate is the same at every "
                        "boot, the hardware is wrong, or the frequency that the firmware reports.",
                        ways, off);
                break;
        default:
                break;
        }
}

static void judge_utc(const AuditInput *input, Audit *audit)
{
        static const AuditResult results[] = {
                [RATE_USUAL] = AUDIT_PASS,
                [RATE_NOTE] = AUDIT_PASS,
                [RATE_WARN] = AUDIT_WARN,
                [RATE_FAIL] = AUDIT_FAIL,
        };
        char words[RATE_WORDS_SIZE];
        AuditStep *step;
        RateUtc rate;

        rate_utc_find(input->time, input->setup,
                      &(RateCounter) { input->clock->clocksource, input->facts->constant_tsc }, &rate);
        if (!rate.known) {
                audit_add(audit, AUDIT_TIME, "tsc-rate-utc", "TSC against UTC", AUDIT_NOT_APPLICABLE, "cannot say: %s",
                          rate.why);
                return;
        }
        step = audit_add(audit, AUDIT_TIME, "tsc-rate-utc", "TSC against UTC", results[rate_level(rate.ppm)],
                         "the TSC runs %s, give or take %.2f; %s", rate_words(rate.ppm, words), rate.error_ppm,
                         rate.source);
        advise_utc(rate.ppm, step, audit);
}

#define DAY_SIZE 16

static const char *format_day(uint64_t realtime_usec, char buffer[static DAY_SIZE])
{
        time_t sec = (time_t)(realtime_usec / 1000000);
        struct tm day;

        if (!localtime_r(&sec, &day) || strftime(buffer, DAY_SIZE, "%F", &day) == 0)
                buffer[0] = '\0';
        return buffer;
}

static void advise_boots(const RateBoots *rate, AuditStep *step, Audit *audit)
{
        const BootOff *worst = rate->off;
        char words[RATE_WORDS_SIZE], day[DAY_SIZE];

        if (rate_boots_convict(rate)) {
                audit_advise(
                        audit, step,
                        "The kernel calibrated the TSC wrongly at this boot: no time client can follow a clock that runs %s, and "
                        "guests take their TSC's rate from it. Reboot. If it happens again, the reference clock (HPET, the ACPI "
                        "timer) is wrong, or the firmware stops a CPU during the calibration.",
                        rate_words(rate->ppm, words));
                return;
        }
        for (unsigned i = 1; i < rate->n_off; i++)
                if (fabs(rate->off[i].ppm) > fabs(worst->ppm))
                        worst = &rate->off[i];
        if (rate->n_off > 0)
                audit_advise(
                        audit, step,
                        "%u of %u earlier boots calibrated it wrongly, worst on %s (the TSC ran %s): it may happen again at the next "
                        "boot.",
                        rate->n_off, rate->n, format_day(worst->realtime_usec, day), rate_words(worst->ppm, words));
}

static AuditResult boots_result(const RateBoots *rate)
{
        if (rate_boots_convict(rate))
                return AUDIT_FAIL;
        return rate->n_off > 0 || fabs(rate->ppm) >= RATE_BOOT_OFF_PPM ? AUDIT_WARN : AUDIT_PASS;
}

static void judge_boots(const AuditInput *input, Audit *audit)
{
        const RateBoots *rate = input->rate_boots;
        AuditStep *step;

        if (input->rate_boots_error < 0 || !rate->known) {
                const char *why = rate->why;

                if (input->rate_boots_error == -EACCES)
                        why = "this user may not read the journal";
                else if (input->rate_boots_error < 0)
                        why = "there is no journal here";
                audit_add(audit, AUDIT_TIME, "tsc-rate-boots", "TSC over boots", AUDIT_NOT_APPLICABLE, "cannot say: %s",
                          why);
                return;
        }
        step = audit_add(audit, AUDIT_TIME, "tsc-rate-boots", "TSC over boots", boots_result(rate),
                         "%s %u.%03u MHz: %+.2f ppm from the median with %u earlier boot%s (usual: %.2f)",
                         rate->kind == CALIBRATION_REFINED ? "refined to" : "detected", rate->khz / 1000,
                         rate->khz % 1000, 0 - rate->ppm, rate->n, rate->n == 1 ? "" : "s", rate->deviation_ppm);
        advise_boots(rate, step, audit);
}

void audit_rate(const AuditInput *input, Audit *audit)
{
        judge_utc(input, audit);
        judge_boots(input, audit);
}
