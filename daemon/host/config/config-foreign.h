/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The files of cpupower's own service, in the dialects of RHEL (CPUPOWER_START_OPTS=), upstream (GOVERNOR=) and Arch (governor=).
 * They are somebody else's: what is wrong in them is remarked, never refused, and of two equal keys the last one holds.
 */
#pragma once

#include "host/config/config-store.h"

/* In the order in which they are looked for; NULL-terminated. */
extern const char *const config_foreign_files[];

/* Of the files that are there the first that says what to apply supplies the policy of *config; a half it does not speak of keeps the
 * built-in rule. A line that cannot be understood is as if it were not there, but what it meant is not looked for in the next file: the
 * built-in rule stands in. 0, -ENOMEM or -EILSEQ. Remarks go to *errors; each says what holds instead of the line. */
int config_foreign_load(const char *const *paths, Config *config, ConfigErrors *errors);
