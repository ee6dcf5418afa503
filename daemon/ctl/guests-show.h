/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What `tscwarden guests` prints.
 */
#pragma once

#include <stdio.h>

#include "guests/read.h"

/* One line for each VM and what its VMM was told, in 80 columns; below it what is wrong and what to do. `now_usec` is CLOCK_REALTIME. 0
 * or -ENOMEM. */
int guests_show(FILE *out, const Guests *guests, const GuestVerdict *verdicts, uint64_t now_usec);
int guests_show_json(FILE *out, const Guests *guests, const GuestVerdict *verdicts);
