/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "model/plan-kit.h"

/* What one frequency domain is to have. A NULL rule: no rule sets this key. */
typedef struct FreqWish {
        const PolicyRule *by[POLICY_KEY_MAX_];
        const char *governor; /* NULL: none, or none that the driver offers */
        unsigned governor_choice;
        uint64_t min_khz, max_khz, speed_khz;
} FreqWish;

/* 0 or -ENOMEM. *ret is untouched on failure. */
int freq_wish_resolve(PlanBuilder *b, const FreqDomain *domain, FreqWish *ret);

/* Adds the finding, FINDING_ROUNDED or FINDING_CLAMPED, that `wanted` becomes `khz`; nothing if they are equal. 0 or
 * -ENOMEM. */
int freq_wish_add_changed(PlanBuilder *b, FindingKind kind, const FreqDomain *domain, Knob knob, uint64_t wanted,
                          uint64_t khz);
