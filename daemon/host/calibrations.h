/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Reads from the journal which rate the kernel found for the TSC at this boot and at earlier ones.
 */
#pragma once

#include "model/rate-boots.h"

typedef struct Calibrations {
        BootCalibration boots[1 + RATE_BOOTS_MAX]; /* this boot first */
        unsigned n;
} Calibrations;

/* 0, or -errno as of journal_open(). *ret is untouched on failure. */
int calibrations_read(Calibrations *ret);
