/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Keys of cpufrequtils and Gentoo that people carry over into a file of cpupower.
 */
#pragma once

#include "host/config/config-fault.h"
#include "host/config/config-text.h"

/* What to write instead of such a key with this value, as the end of a sentence; "" where nothing is known of the key.
 * Heap string for the caller, NULL when out of memory. */
char *carried_over_advise(const char *key, const char *value);

/* Adds a remark if MIN_SPEED is above MAX_SPEED. Otherwise somebody who renames both keys as advised would get this
 * error only then. */
void carried_over_check(const ConfigText *text, ConfigFaults *faults);
