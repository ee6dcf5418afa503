/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Prints the steps of an audit, for people and as JSON.
 */
#pragma once

#include <stdio.h>

#include "check/audit-steps.h"

/* Prints one or more lines for each step, 80 columns wide. Commands are longer if they have to be: they are never
 * broken. */
void check_show(FILE *out, const Audit *audit, bool color);
/* Prints one JSON object. 0 or -ENOMEM. */
int check_show_json(FILE *out, const AuditInput *input, const Audit *audit);
