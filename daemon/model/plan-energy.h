/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "model/plan-kit.h"

/* EPP (energy_performance_preference) comes after the governor's step, because `performance` may lock it; and EPB
 * (energy_perf_bias). 0 or -ENOMEM. */
int plan_add_preference(PlanBuilder *b, const FreqDomain *domain);
int plan_add_perf_bias(PlanBuilder *b, const CpuState *cpu);
