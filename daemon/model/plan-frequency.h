/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "model/plan-kit.h"

/* The steps of governor, limits and speed for one frequency domain. 0 or -ENOMEM. */
int plan_add_frequency(PlanBuilder *b, const FreqDomain *domain);
