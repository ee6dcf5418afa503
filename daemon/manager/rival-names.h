/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Units that are active and write to the same knobs: named in the journal once, when there is a policy for them to fight with.
 */
#pragma once

#include "base/cpuset.h"
#include "host/config/config.h"

typedef struct RivalNames {
        char **units; /* NULL: none, or named already */
} RivalNames;

void rival_names_done(RivalNames *rivals);
/* `units` is NULL-terminated; copied, unless there are some already. */
void rival_names_set(RivalNames *rivals, const char *const *units);
/* Names them, if there are CPUs that the policy speaks of; `drift`: what becomes of what they change. */
void rival_names_tell(RivalNames *rivals, const CpuSet *managed, DriftMode drift);
