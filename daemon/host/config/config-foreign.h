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
 * built-in rule. One with a value that cannot be understood supplies nothing, and then the built-in rule holds alone. 0, -ENOMEM or
 * -EILSEQ. Remarks go to *errors. */
int config_foreign_load(const char *const *paths, Config *config, ConfigErrors *errors);
