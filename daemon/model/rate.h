/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The rate of the TSC: by how much it runs fast against what the kernel takes it for. In ppm, and always with one sign: above 0 the TSC
 * runs fast, and so would an undisciplined clock that counts it. What others print has signs of its own: each is taken in here.
 */
#pragma once

#include <stdbool.h>

/* Usual is some 50 ppm either way. */
#define RATE_NOTE_PPM 100
/* KVM's parameter tsc_tolerance_ppm where nobody set it otherwise (arch/x86/kvm/x86.c): as far as that a guest keeps its TSC unscaled. */
#define RATE_WARN_PPM 250
/* The kernel's discipline corrects no more than 500 ppm (MAXFREQ, include/linux/timex.h): here nine tenths of it are used up. */
#define RATE_FAIL_PPM 450

/* adjtimex(2): `freq` in 2^-16 ppm and `tick` in microseconds per tick of a hundredth of a second, 10000 by default (one more is 100 ppm), are what the
 * kernel adds to the clock. A clock that is sped up runs slow by itself: hence the other sign. */
double rate_from_kernel(long freq, long tick);
/* `chronyc -c tracking`, column 8, and the same number behind "Frequency" for people: above 0 is "fast", as here (chrony's client.c
 * print_report(), 'F'). In the line before it, "System time", above 0 is "slow". */
double rate_from_chrony(double frequency_ppm);
/* ntpd's drift file, and `frequency` of `ntpq -c rv`, which is the same variable (drift_comp): what ntpd hands to the kernel as freq
 * (ntpd/ntp_loopfilter.c), so again the other sign. */
double rate_from_ntp(double drift_ppm);

typedef enum RateLevel {
        RATE_USUAL,
        RATE_NOTE, /* more than RATE_NOTE_PPM */
        RATE_WARN, /* more than RATE_WARN_PPM */
        RATE_FAIL, /* RATE_FAIL_PPM or more */
} RateLevel;

RateLevel rate_level(double ppm);

/* The error is below a tenth of the threshold that the rate is measured by: the highest that it exceeds, else the lowest. */
bool rate_is_meaningful(double ppm, double error_ppm);

#define RATE_WORDS_SIZE 48

/* "34.02 ppm fast", "at the right rate": after "the TSC runs". Returns buffer. */
const char *rate_words(double ppm, char buffer[static RATE_WORDS_SIZE]);
