/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Reads what `check` needs to know about late interrupts and the real-time clock.
 */
#pragma once

#include "check/late.h"
#include "check/rtc.h"

/* What cannot be read is marked as not known or not there. 0, or -ENOMEM and the outputs are untouched. */
int clocks_read(Late *ret_late, Rtc *ret_rtc);
