/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The state of the policy, in one word and a few sentences.
 */
#pragma once

#include <stdbool.h>

#include "model/facts.h"
#include "model/finding.h"
#include "model/need.h"
#include "model/policy.h"
#include "model/snapshot.h"

typedef enum PolicyState {
        POLICY_STATE_NOT_NEEDED,
        POLICY_STATE_WAITING,
        POLICY_STATE_APPLIED,
        POLICY_STATE_DEGRADED,
        POLICY_STATE_DISABLED,
        POLICY_STATE_RESTORED,
} PolicyState;

typedef struct OutcomeInput {
        const Facts *facts;
        bool never;               /* APPLY=never */
        Halves halves;            /* that were applied */
        Halves unused;            /* that the file sets although the CPUs do not need them */
        bool for_guests;          /* APPLY_WHEN=guests */
        bool guests_unknown;      /* the number of VMs is not known */
        bool no_guests;           /* none runs, so the policy is not applied */
        const Snapshot *snapshot; /* the present values, and */
        const Policy *policy;     /* the plan's values; NULL: neither is known, and no sentence is about them */
        const Findings *findings;
        unsigned n_knobs; /* how many knobs the policy sets */
} OutcomeInput;

/* 0, *ret_state, *ret_reason and *ret_summary (heap strings for the caller), or -ENOMEM with all untouched. The summary
 * of a policy that is applied says, without its findings, what it keeps constant, what it does not, and what it costs;
 * otherwise it is NULL. */
int outcome_judge(const OutcomeInput *input, PolicyState *ret_state, char **ret_reason, char **ret_summary);
/* Describes, without the findings, what the policy leaves free, what it costs, and what of it is not applied and why.
 * Each sentence begins with a blank; "" for nothing. Heap string for the caller, NULL when out of memory. */
char *outcome_format_effects(const OutcomeInput *input);

const char *policy_state_to_string(PolicyState state);
