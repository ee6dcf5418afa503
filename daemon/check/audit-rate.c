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

/* Says what that rate does to guests. */
static void advise_utc(double ppm, AuditStep *step)
{
        double off = fabs(ppm) * SECONDS_A_DAY / 1e6;
        const char *ways = ppm > 0 ? "gains" : "loses";
        RateLevel level = rate_level(ppm);

        if (level == RATE_NOTE)
                audit_advise(step, "A guest that reads the TSC and has no time client %s %.1f s a day.", ways, off);
        else if (level == RATE_WARN)
                audit_advise(step,
                             "A guest that reads the TSC and has no time client %s %.1f s a day. If the rates of two "
                             "hosts differ by more than %u ppm, KVM does not take them for equal.",
                             ways, off, RATE_WARN_PPM);
        else if (level == RATE_FAIL)
                audit_advise(step,
                             "A guest that reads the TSC %s %.1f s a day, and a time client in it can correct no more "
                             "than 500 ppm (43.2 s a day). If the kernel has calibrated it wrongly, a reboot helps. "
                             "If the rate is the same at every boot, the hardware is wrong, or the frequency that the "
                             "firmware reports.",
                             ways, off);
}

void audit_rate_utc(const AuditInput *input, AuditStep *step)
{
        static const AuditResult results[] = {
                [RATE_USUAL] = AUDIT_PASS,
                [RATE_NOTE] = AUDIT_PASS,
                [RATE_WARN] = AUDIT_WARN,
                [RATE_FAIL] = AUDIT_FAIL,
        };
        char words[RATE_WORDS_SIZE];
        RateUtc rate;

        rate_utc_find(input->time, input->setup,
                      &(RateCounter) { input->clock->clocksource, input->facts->constant_tsc }, &rate);
        if (!rate.known) {
                audit_set(step, AUDIT_NOT_APPLICABLE, "cannot say: %s", rate.why);
                return;
        }
        audit_set(step, results[rate_level(rate.ppm)], "the TSC runs %s, give or take %.2f; %s",
                  rate_words(rate.ppm, words), rate.error_ppm, rate.source);
        advise_utc(rate.ppm, step);
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

static void advise_boots(const RateBoots *rate, AuditStep *step)
{
        const BootOff *worst = rate->off;
        char words[RATE_WORDS_SIZE], day[DAY_SIZE];

        if (rate_boots_convict(rate)) {
                audit_advise(step,
                             "The kernel calibrated the TSC wrongly at this boot: no time client can follow a clock "
                             "that runs %s, and guests take their TSC's rate from it. Reboot. If it happens again, "
                             "the reference clock (HPET, the ACPI timer) is wrong, or the firmware stops a CPU during "
                             "the calibration.",
                             rate_words(rate->ppm, words));
                return;
        }
        for (unsigned i = 1; i < rate->n_off; i++)
                if (fabs(rate->off[i].ppm) > fabs(worst->ppm))
                        worst = &rate->off[i];
        if (rate->n_off > 0)
                audit_advise(step,
                             "%u of %u earlier boots calibrated it wrongly, worst on %s (the TSC ran %s): it may "
                             "happen again at the next boot.",
                             rate->n_off, rate->n, format_day(worst->realtime_usec, day),
                             rate_words(worst->ppm, words));
}

static AuditResult boots_result(const RateBoots *rate)
{
        if (rate_boots_convict(rate))
                return AUDIT_FAIL;
        return rate->n_off > 0 || fabs(rate->ppm) >= RATE_BOOT_OFF_PPM ? AUDIT_WARN : AUDIT_PASS;
}

void audit_rate_boots(const AuditInput *input, AuditStep *step)
{
        const RateBoots *rate = input->rate_boots;

        if (input->rate_boots_error == -EACCES)
                audit_set(step, AUDIT_NOT_APPLICABLE, "cannot say: this user may not read the journal");
        else if (input->rate_boots_error < 0)
                audit_set(step, AUDIT_NOT_APPLICABLE, "cannot say: there is no journal here");
        else if (!rate->known)
                audit_set(step, AUDIT_NOT_APPLICABLE, "cannot say: %s", rate->why);
        else {
                audit_set(step, boots_result(rate),
                          "%s %u.%03u MHz: %+.2f ppm from the median with %u earlier boot%s (usual: %.2f)",
                          rate->kind == CALIBRATION_REFINED ? "refined to" : "detected", rate->khz / 1000,
                          rate->khz % 1000, 0 - rate->ppm, rate->n, rate->n == 1 ? "" : "s", rate->deviation_ppm);
                advise_boots(rate, step);
        }
}
