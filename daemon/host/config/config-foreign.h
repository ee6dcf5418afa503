/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Reads the files of cpupower's own service, in the dialects of RHEL (CPUPOWER_START_OPTS=), upstream (GOVERNOR=) and
 * Arch (governor=). They belong to another package: an error in them becomes a remark and never refuses the file, and
 * of two lines with the same key the last one holds.
 */
#pragma once

#include "host/config/config-fault.h"
#include "host/config/config-store.h"

/* In the order in which they are tried; NULL-terminated. */
extern const char *const config_foreign_files[];

/* Takes the policy of *config from the first of these files that is about a policy. For a half (frequency, idle) that
 * this file does not mention, the built-in rule holds. A line that cannot be understood has no effect, and the next
 * file is not read for it: the built-in rule holds. 0, -ENOMEM or -EILSEQ. Remarks go to *faults; each says what holds
 * instead of the line. */
int config_foreign_load(const char *const *paths, Config *config, ConfigFaults *faults);
