/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The rate that the kernel took the TSC for at each boot. It calibrates the TSC anew each time, and one that went wrong stays unseen until the
 * next: against the same machine's other boots it shows.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Earlier boots that are looked at. */
#define RATE_BOOTS_MAX 16
/* A boot this far off is named: calibrations of one machine lie within a few ppm of each other, and NTP corrects no more. */
#define RATE_BOOT_OFF_PPM 500

/* How the rate was found: one kind is never compared with the other. */
typedef enum CalibrationKind {
        CALIBRATION_NONE,
        CALIBRATION_DETECTED, /* known without calibration (CPUID leaf 0x15, MSR, hypervisor), or only roughly calibrated */
        CALIBRATION_REFINED, /* counted for a second against HPET or the ACPI timer */
} CalibrationKind;

#define MACHINE_SIZE 160

typedef struct BootCalibration {
        CalibrationKind kind;
        unsigned khz;
        uint64_t realtime_usec; /* of the kernel's line */
        char cpu[MACHINE_SIZE],
                board[MACHINE_SIZE]; /* what the boot ran on: model with family and stepping; vendor and board; "" unknown */
} BootCalibration;

/* A line of the kernel's, in order, from all zero. False: nothing more is to be learnt from this boot. */
bool boot_calibration_feed(BootCalibration *boot, uint64_t realtime_usec, const char *text);

typedef struct BootOff {
        uint64_t realtime_usec;
        double ppm;
} BootOff;

typedef struct RateBoots {
        bool known;
        const char *why; /* why it is not: a literal, a sentence without its full stop; "" when known */
        CalibrationKind kind;
        unsigned khz, n;   /* of this boot; earlier boots that it is compared with */
        double median_khz; /* of all of them, this boot too; with one earlier boot, that one */
        double ppm; /* as model/rate.h has it: above 0 the TSC, if that is right, runs fast against this boot's calibration */
        double deviation_ppm;        /* of all of them from the median: the median again */
        BootOff off[RATE_BOOTS_MAX]; /* the earlier boots that are far off; ppm as above */
        unsigned n_off;
} RateBoots;

/* boots[0] is this boot, the n - 1 others are earlier ones. Those that ran on other hardware, or with another nominal rate, do not count.
 * `constant`: the CPU has constant_tsc; without it a calibration says at which frequency the CPU ran meanwhile. */
void rate_boots_find(const BootCalibration *boots, unsigned n, bool constant, RateBoots *ret);
/* This boot is far off, and there are two others at least that say so. */
bool rate_boots_convict(const RateBoots *rate);
