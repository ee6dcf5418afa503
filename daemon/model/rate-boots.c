/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/rate-boots.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/kernel-line.h"

/* No calibration error of this size is known (the largest is 0.7 %), so somebody has set another multiplier or base
 * clock in the firmware. */
#define OTHER_RATE_PPM 50000

/* The text behind `prefix`, up to `end` or as much as fits. */
static void take_words(char buffer[static MACHINE_SIZE], const char *text, const char *prefix, const char *end)
{
        size_t length = strlen(prefix);
        const char *stop;

        if (buffer[0] || strncmp(text, prefix, length) != 0)
                return;
        text += length;
        stop = end ? strstr(text, end) : NULL;
        (void)snprintf(buffer, MACHINE_SIZE, "%.*s", stop ? (int)(stop - text) : MACHINE_SIZE - 1, text);
}

/* The TSC's own line comes only where it differs from the processor's, and after it (arch/x86/kernel/tsc.c). Behind the
 * board stands the firmware's version, which may change (arch/x86/kernel/smpboot.c, drivers/firmware/dmi_scan.c). */
bool boot_calibration_feed(BootCalibration *boot, uint64_t realtime_usec, const char *text)
{
        CalibrationKind kind;
        KernelLine line;

        kernel_line_classify(text, &line);
        kind = line.kind == KERNEL_LINE_REFINED ? CALIBRATION_REFINED : CALIBRATION_DETECTED;
        if (line.khz > 0 && kind >= boot->kind) {
                boot->kind = kind;
                boot->khz = line.khz;
                boot->realtime_usec = realtime_usec;
        }
        take_words(boot->cpu, text, "smpboot: CPU0: ", NULL);
        take_words(boot->board, text, "DMI: ", ", BIOS ");
        return boot->kind != CALIBRATION_REFINED;
}

static bool is_comparable(const BootCalibration *here, const BootCalibration *there)
{
        double khz = here->khz;

        return there->kind == here->kind && strcmp(there->cpu, here->cpu) == 0 &&
               strcmp(there->board, here->board) == 0 && fabs(there->khz - khz) < khz * OTHER_RATE_PPM / 1e6;
}

static int compare_doubles(const void *a, const void *b)
{
        double x = *(const double *)a, y = *(const double *)b;

        return (x > y) - (x < y);
}

/* Sorts `values`. */
static double median(double *values, unsigned n)
{
        qsort(values, n, sizeof(*values), compare_doubles);
        return (values[(n - 1) / 2] + values[n / 2]) / 2;
}

/* If the calibration is too high, the kernel counts too little time, so the TSC runs slow against it. */
static double ppm_against(double median_khz, double khz)
{
        return (median_khz - khz) / khz * 1e6;
}

/* This boot is one of the values, so that one bad boot of three is found, whichever it is. */
static void compare(const BootCalibration *const *others, RateBoots *rate)
{
        double values[1 + RATE_BOOTS_MAX] = { rate->khz };

        for (unsigned i = 0; i < rate->n; i++)
                values[1 + i] = others[i]->khz;
        rate->median_khz = rate->n == 1 ? others[0]->khz : median(values, 1 + rate->n);
        rate->ppm = ppm_against(rate->median_khz, rate->khz);
        values[0] = fabs(rate->ppm);
        for (unsigned i = 0; i < rate->n; i++) {
                double ppm = ppm_against(rate->median_khz, others[i]->khz);

                values[1 + i] = fabs(ppm);
                if (fabs(ppm) >= RATE_BOOT_OFF_PPM)
                        rate->off[rate->n_off++] = (BootOff) { others[i]->realtime_usec, ppm };
        }
        rate->deviation_ppm = median(values, 1 + rate->n);
}

void rate_boots_find(const BootCalibration *boots, unsigned n, bool constant, RateBoots *ret)
{
        const BootCalibration *others[RATE_BOOTS_MAX];
        RateBoots rate = { .why = "" };

        if (n > 0) {
                rate.kind = boots[0].kind;
                rate.khz = boots[0].khz;
        }
        for (unsigned i = 1; i < n && constant && rate.kind != CALIBRATION_NONE && rate.n < RATE_BOOTS_MAX; i++)
                if (is_comparable(&boots[0], &boots[i]))
                        others[rate.n++] = &boots[i];
        if (!constant)
                rate.why =
                        "without constant_tsc the TSC follows the CPU's frequency, which may differ from boot to boot";
        else if (rate.kind == CALIBRATION_NONE)
                rate.why = "the journal has no line of this boot's calibration";
        else if (rate.n == 0)
                rate.why = "the journal has no earlier boot of this machine that was calibrated in the same way";
        else
                compare(others, &rate);
        rate.known = rate.n > 0;
        *ret = rate;
}

bool rate_boots_convict(const RateBoots *rate)
{
        return rate->known && rate->n > 1 && fabs(rate->ppm) >= RATE_BOOT_OFF_PPM;
}
