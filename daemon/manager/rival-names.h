/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Units that are active and write the same knobs: logged once, if there is a policy that they can change.
 */
#pragma once

#include "base/cpuset.h"
#include "host/config/config.h"

typedef struct RivalNames {
        char *list; /* "a, b and c"; NULL: there are none, or they are logged */
} RivalNames;

void rival_names_done(RivalNames *rivals);
/* Adds these units to the list; `units` is NULL-terminated. */
void rival_names_set(RivalNames *rivals, const char *const *units);
/* Logs the names if the policy manages any CPU; `drift`: what the daemon does with a value that they change. */
void rival_names_tell(RivalNames *rivals, const CpuSet *managed, DriftMode drift);
