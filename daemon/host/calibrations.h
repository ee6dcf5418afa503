/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * How the kernel calibrated the TSC at this boot and at earlier ones, from the journal.
 */
#pragma once

#include "model/rate-boots.h"

typedef struct Calibrations {
        BootCalibration boots[1 + RATE_BOOTS_MAX]; /* this boot first */
        unsigned n;
} Calibrations;

/* 0, or -errno as journal_open() has them. *ret is untouched on failure. */
int calibrations_read(Calibrations *ret);
