/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What a plan consists of, and what it is made from.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "model/finding.h"
#include "model/frequency.h"
#include "model/need.h"
#include "model/originals.h"
#include "model/policy.h"
#include "model/snapshot-part.h"

typedef enum StepReason {
        STEP_POLICY,  /* the configuration asks for it */
        STEP_FREEZE,  /* keeps the frequency constant to protect the TSC */
        STEP_RESTORE, /* the policy no longer sets this knob: back to the original */
} StepReason;

typedef struct Step {
        KnobId id;
        char from[KNOB_VALUE_SIZE];
        char to[KNOB_VALUE_SIZE];
        const PolicyRule *rule; /* of STEP_POLICY; points into the Policy */
        PolicyKey key;          /* of that rule */
        unsigned choice;        /* KNOB_SCALING_GOVERNOR of STEP_POLICY: index of `to` in rule->governors */
        StepReason reason;
        Effect effect;
        bool withheld; /* shown, but never carried out */
} Step;

/* A knob that the policy sets. */
typedef struct Wanted {
        KnobId id;
        char value[KNOB_VALUE_SIZE]; /* of several governors the first that may be accepted; "": not known now */
} Wanted;

typedef struct Plan {
        SnapshotPart part; /* what the plan is about; empty: the whole host */
        Step *steps;
        size_t n_steps;
        Wanted *wanted; /* sorted by knob_id_compare */
        size_t n_wanted;
        Findings findings;
} Plan;

typedef struct PlanInput {
        const Snapshot *snapshot;
        const Policy *policy;
        const Originals *originals;
        const SnapshotPart *part; /* plan only this; NULL: the whole host */
        Halves halves;            /* of the policy that are applied; the knobs of the others get their originals back */
        bool fragile_tsc;         /* facts_tsc_is_fragile() */
} PlanInput;
