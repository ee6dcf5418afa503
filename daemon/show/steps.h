/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The steps of a plan as text. They come from the daemon's method Plan() or from a plan that the command has made.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/macro.h"
#include "model/plan-types.h"
#include "model/plan.h"
#include "model/snapshot.h"

/* The texts of a step: org.tscwarden1(5), Plan(). */
typedef enum StepWord {
        STEP_OBJECT, /* "cpufreq/policy0" */
        STEP_KNOB,
        STEP_FROM,
        STEP_TO,
        STEP_REASON,
        STEP_EFFECT,
        STEP_WORD_MAX_,
} StepWord;

typedef struct StepText {
        char *words[STEP_WORD_MAX_]; /* owned */
} StepText;

typedef struct Steps {
        StepText *entries;
        size_t n;
} Steps;

void steps_done(Steps *steps);
#define _cleanup_steps_ _cleanup_(steps_done)

/* Adds copies of the words. 0 or -ENOMEM. */
int steps_add(Steps *steps, const char *const words[static STEP_WORD_MAX_]);
/* *ret must be empty; the caller owns it even after a failure. 0 or -ENOMEM. */
int steps_from_plan(const Plan *plan, const Snapshot *snapshot, Steps *ret);

/* Prints equal steps of several CPUs as one. `verb` is the heading of the list: "Plan". 0 or -ENOMEM. */
int steps_show(FILE *out, const char *verb, const Steps *steps);
