/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/rate.h"

#include <math.h>
#include <stdio.h>

#define KERNEL_FREQ_UNIT 65536.0
#define KERNEL_TICK_USUAL 10000
#define KERNEL_TICK_PPM 100.0

double rate_from_kernel(long freq, long tick)
{
        /* 0 - x, because -x would turn 0 into a negative zero. */
        return 0 - ((double)freq / KERNEL_FREQ_UNIT + (double)(tick - KERNEL_TICK_USUAL) * KERNEL_TICK_PPM);
}

double rate_from_chrony(double frequency_ppm)
{
        return frequency_ppm;
}

double rate_from_ntp(double drift_ppm)
{
        return 0 - drift_ppm;
}

double rate_apart(double khz, double there_khz)
{
        return (there_khz - khz) / there_khz * 1e6;
}

RateLevel rate_level(double ppm)
{
        double size = fabs(ppm);

        if (size >= RATE_FAIL_PPM)
                return RATE_FAIL;
        if (size > RATE_WARN_PPM)
                return RATE_WARN;
        return size > RATE_NOTE_PPM ? RATE_NOTE : RATE_USUAL;
}

bool rate_is_meaningful(double ppm, double error_ppm)
{
        static const double thresholds[] = {
                [RATE_USUAL] = RATE_NOTE_PPM,
                [RATE_NOTE] = RATE_NOTE_PPM,
                [RATE_WARN] = RATE_WARN_PPM,
                [RATE_FAIL] = RATE_FAIL_PPM,
        };

        return isfinite(ppm) && error_ppm < thresholds[rate_level(ppm)] / 10;
}

const char *rate_words(double ppm, char buffer[static RATE_WORDS_SIZE])
{
        if (fabs(ppm) < 0.005)
                (void)snprintf(buffer, RATE_WORDS_SIZE, "at the right rate");
        else
                (void)snprintf(buffer, RATE_WORDS_SIZE, "%.2f ppm %s", fabs(ppm), ppm > 0 ? "fast" : "slow");
        return buffer;
}
