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

/* Each 0 or -ENOMEM; errors of the stream are the caller's to ask for. */
int show_facts(FILE *out, const Facts *facts);
/* Like steps of many CPUs are shown once. `verb` heads the list: "Plan". */
int show_plan(FILE *out, const char *verb, const Plan *plan, const Snapshot *snapshot);
int show_findings(FILE *out, const Findings *findings);
/* The policy of each group of CPUs that is told the same, and where each value stands. */
int show_config(FILE *out, const Config *config);
