/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "model/plan-kit.h"

/* The steps that limit the idle states of one CPU. 0 or -ENOMEM. */
int plan_add_idle(PlanBuilder *b, const CpuState *cpu);
