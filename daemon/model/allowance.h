/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What one user may cost in a time: a bucket that leaks evenly. Times are CLOCK_MONOTONIC in microseconds, passed in.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* In this time a user may cost `limit` in all. */
#define ALLOWANCE_WINDOW_USEC UINT64_C(4000000)

/* All zero is ready for use: nothing was spent. */
typedef struct Allowance {
        uint64_t forgotten_usec; /* when all that was spent is forgotten */
} Allowance;

/* Spends `cost` of `limit` (> 0): false and nothing spent when that is more than is left. */
bool allowance_take(Allowance *allowance, unsigned cost, unsigned limit, uint64_t now_usec);
