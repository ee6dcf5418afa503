/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "model/plan-kit.h"

/* What no frequency depends on: energy_performance_preference after the governor, since that may rule it, and energy_perf_bias.
 * 0 or -ENOMEM. */
int plan_add_preference(PlanBuilder *b, const FreqDomain *policy);
int plan_add_perf_bias(PlanBuilder *b, const CpuState *cpu);
