/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A printk format read backwards: matches a line from its first byte and takes the values out.
 *
 * In a format, everything stands for itself but {…}, a part that may be missing (not nested), and
 *   %d  a decimal number         %x  a hexadecimal one       %l  a CPU list
 *   %_  any run of blanks and tabs, none included
 *   %n  a clocksource's name     %S  the same, kept as clocksource     %W  kept as reference
 *   %V  in "wd-NAME-wd" the part behind the first dash: NAME is kept as clocksource
 *   %K %I %J  a decimal number kept as skew, as interval, as the clocksource's own interval
 *   %C  a decimal number kept as cycles
 *   %A %B %M  hexadecimal numbers kept as a counter's value now, its last value, its mask
 *   %F  megahertz with an optional fraction, kept in kHz     %H  the same, kept as the HPET's rate in Hz
 * Text behind the match is tolerated unless it continues the last word or number.
 */
#pragma once

#include <stdbool.h>

#include "model/kernel-line-types.h"

/* True: the values of *line are set, and *ret_rest points into text, behind the match. False: *line is unchanged.
 * Allocates nothing; takes linear time. */
bool line_match(const char *text, const char *format, KernelLine *line, const char **ret_rest);
