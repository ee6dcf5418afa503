/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Limits what one user may spend within a time. What was spent is forgotten at a constant rate. Times are
 * CLOCK_MONOTONIC in microseconds, passed in.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Within this time a user may spend `limit` in all. */
#define ALLOWANCE_WINDOW_USEC UINT64_C(4000000)

/* All zero is ready for use: nothing has been spent. */
typedef struct Allowance {
        uint64_t forgotten_usec; /* when everything that was spent will be forgotten */
} Allowance;

/* Spends `cost` of `limit` (> 0). False, and nothing is spent, if less than `cost` is left. */
bool allowance_take(Allowance *allowance, unsigned cost, unsigned limit, uint64_t now_usec);
