/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The rate of the TSC that the kernel assumed at each boot. The kernel calibrates the TSC anew at every boot. A wrong
 * calibration is visible only by comparison with other boots of the same machine.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* So many earlier boots are read. */
#define RATE_BOOTS_MAX 16
/* A boot that differs by this much is reported. Calibrations of one machine normally agree within a few ppm, and NTP
 * corrects no more than this. */
#define RATE_BOOT_OFF_PPM 500

/* How the rate was found: one kind is never compared with the other. */
typedef enum CalibrationKind {
        CALIBRATION_NONE,
        /* known without calibration (CPUID leaf 0x15, MSR, hypervisor), or only roughly calibrated */
        CALIBRATION_DETECTED,
        CALIBRATION_REFINED, /* counted for a second against HPET or the ACPI timer */
} CalibrationKind;

#define MACHINE_SIZE 160

typedef struct BootCalibration {
        CalibrationKind kind;
        unsigned khz;
        uint64_t realtime_usec; /* of the kernel's line */
        char cpu[MACHINE_SIZE],
                /* what the boot ran on: model with family and stepping; vendor and board; "" unknown */
                board[MACHINE_SIZE];
} BootCalibration;

/* Feeds a line of the kernel, in order, starting from all zero. False: this boot needs no further lines. */
bool boot_calibration_feed(BootCalibration *boot, uint64_t realtime_usec, const char *text);

typedef struct BootOff {
        uint64_t realtime_usec;
        double ppm;
} BootOff;

typedef struct RateBoots {
        bool known;
        const char *why; /* why it is not known: a literal, a sentence without its full stop; "" when known */
        CalibrationKind kind;
        unsigned khz, n;   /* of this boot; earlier boots that it is compared with */
        double median_khz; /* of all of them, this boot too; with one earlier boot, that one */
        /* as model/rate.h has it: above 0 the TSC, if that is right, runs fast against this boot's calibration */
        double ppm;
        double deviation_ppm;        /* of all of them from the median: the median again */
        BootOff off[RATE_BOOTS_MAX]; /* the earlier boots that differ much; ppm as above */
        unsigned n_off;
} RateBoots;

/* boots[0] is this boot, the n - 1 others are earlier ones. Those that ran on other hardware, or with another nominal
 * rate, do not count. `constant`: the CPU has constant_tsc; without it a calibration says at which frequency the CPU
 * ran meanwhile. */
void rate_boots_find(const BootCalibration *boots, unsigned n, bool constant, RateBoots *ret);
/* This boot differs much, and at least two others agree on that. */
bool rate_boots_convict(const RateBoots *rate);
