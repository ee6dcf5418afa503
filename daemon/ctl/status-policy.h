/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The part of `status` that says whether the policy is in force and on which CPUs.
 */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "ctl/ctl-state.h"

void status_show_policy(FILE *out, const WardenState *state, bool color);
