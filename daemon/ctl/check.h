/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Prints an audit for people and for programs.
 */
#pragma once

#include <stdio.h>

#include "check/audit-steps.h"
#include "check/audit.h"

/* A line or a few for each step, 80 columns wide but for commands, which are never broken. */
void check_show(FILE *out, const Audit *audit, bool color);
/* One JSON object. 0 or -ENOMEM. */
int check_show_json(FILE *out, const AuditInput *input, const Audit *audit);
