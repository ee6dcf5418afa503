/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Facts, need, plan and configuration as text for people, 80 columns where the values allow it.
 */
#pragma once

#include <stdio.h>

#include "host/config/config-store.h"
#include "host/config/config.h"
#include "model/facts.h"
#include "model/finding.h"
#include "model/plan-types.h"
#include "model/plan.h"
#include "model/snapshot.h"

/* Each returns 0 or -ENOMEM. The caller checks the stream for errors. */
int show_facts(FILE *out, const Facts *facts);
/* Prints equal steps of several CPUs as one. `verb` is the heading of the list: "Plan". */
int show_plan(FILE *out, const char *verb, const Plan *plan, const Snapshot *snapshot);
int show_findings(FILE *out, const Findings *findings);
/* Prints the policy of each group of CPUs with equal policy, and the line of the file that sets each value. */
int show_config(FILE *out, const Config *config);
