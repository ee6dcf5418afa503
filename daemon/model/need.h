/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Which halves of the policy this host needs.
 */
#pragma once

#include <stdbool.h>

#include "model/facts.h"

typedef struct Halves {
        bool frequency; /* constant_tsc is missing: the rate of the TSC follows the CPU's frequency */
        bool idle;      /* nonstop_tsc is missing: the TSC stops in deep C-states */
} Halves;

/* APPLY= */
typedef enum ApplyMode { APPLY_AUTO, APPLY_ALWAYS, APPLY_NEVER } ApplyMode;

Halves need_from_facts(const Facts *facts);
/* The halves for which no driver can load, because of this boot's parameters (cpufreq.off=1, cpuidle.off=1). */
Halves need_without_driver(const Facts *facts);
/* The halves to apply: those that are needed, or all or none if the mode says always or never; but never a half without
 * a driver. `filled`: halves in which nothing is configured, so that the built-in rule is used; such a half is applied
 * only if it is needed. */
Halves need_under_mode(const Facts *facts, ApplyMode mode, Halves filled);

/* One sentence for people: why, or why not. Heap string owned by the caller, NULL when out of memory. */
char *need_reason(const Facts *facts);
