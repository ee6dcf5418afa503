/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The rate of the TSC: how much faster it runs than the kernel assumes, in ppm. The sign is always the same: above 0
 * the TSC runs fast, and so would a clock that counts it without correction. Other programs use other signs; they are
 * converted here.
 */
#pragma once

#include <stdbool.h>

/* Usual is some 50 ppm either way. */
#define RATE_NOTE_PPM 100
/* The default of KVM's parameter tsc_tolerance_ppm (arch/x86/kvm/x86.c): up to this difference a guest's TSC is not
 * scaled. */
#define RATE_WARN_PPM 250
/* The kernel corrects no more than 500 ppm (MAXFREQ, include/linux/timex.h); at this value nine tenths are used. */
#define RATE_FAIL_PPM 450

/* From adjtimex(2): `freq` in 2^-16 ppm, and `tick` in microseconds per tick of a hundredth of a second, 10000 by
 * default (one more is 100 ppm). The kernel adds both to the clock. A clock that it speeds up is slow by itself, so the
 * sign is inverted. */
double rate_from_kernel(long freq, long tick);
/* `chronyc -c tracking`, column 8, and the same number behind "Frequency" for people: above 0 is "fast", as here
 * (chrony's client.c print_report(), 'F'). In the line before it, "System time", above 0 is "slow". */
double rate_from_chrony(double frequency_ppm);
/* From ntpd's drift file, or `frequency` of `ntpq -c rv`, which is the same variable (drift_comp): the value that ntpd
 * gives to the kernel as freq (ntpd/ntp_loopfilter.c), so the sign is inverted too. */
double rate_from_ntp(double drift_ppm);

typedef enum RateLevel {
        RATE_USUAL,
        RATE_NOTE, /* more than RATE_NOTE_PPM */
        RATE_WARN, /* more than RATE_WARN_PPM */
        RATE_FAIL, /* RATE_FAIL_PPM or more */
} RateLevel;

RateLevel rate_level(double ppm);

/* How much faster a TSC of `there_khz` runs than one of `khz`. Neither is 0. */
double rate_apart(double khz, double there_khz);

/* Whether the error is below a tenth of the threshold that matters: the highest one that the rate exceeds, else the
 * lowest. */
bool rate_is_meaningful(double ppm, double error_ppm);

#define RATE_WORDS_SIZE 48

/* "34.02 ppm fast", "at the right rate": after "the TSC runs". Returns buffer. */
const char *rate_words(double ppm, char buffer[static RATE_WORDS_SIZE]);
