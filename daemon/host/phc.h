/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * PTP hardware clocks, found by their name.
 */
#pragma once

#define PHC_DEVICE_SIZE 64

/* The device of the first clock whose clock_name is `name`: /dev/ptpN, or `link` when that is the same device. 0, or -ENOENT, and
 * ret_device is untouched. */
int phc_find(const char *name, const char *link, char ret_device[static PHC_DEVICE_SIZE]);
