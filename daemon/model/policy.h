/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the configuration wants, per CPU.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/cpuset.h"
#include "model/knob.h"

typedef enum PolicyKey {
        POLICY_GOVERNOR,
        POLICY_MIN_FREQ,
        POLICY_MAX_FREQ,
        POLICY_FREQ, /* one speed for governor userspace, which the same rule sets */
        POLICY_EPP,
        POLICY_PERF_BIAS,
        POLICY_MAX_CSTATE,
        POLICY_IDLE_SET,
        POLICY_KEY_MAX_,
        POLICY_KEY_INVALID_ = -1,
} PolicyKey;

typedef enum IdleLimitKind {
        IDLE_LIMIT_SHALLOWEST, /* nothing deeper than the shallowest state that is not POLL */
        IDLE_LIMIT_NAME,       /* nothing deeper than the state of that name; "C1" also names "C1_ACPI" */
        IDLE_LIMIT_LATENCY,    /* nothing with a greater exit latency */
} IdleLimitKind;

typedef struct IdleLimit {
        IdleLimitKind kind;
        char *name; /* owned */
        uint64_t latency_usec;
} IdleLimit;

/* What one `cpupower idle-set` does with the states of a CPU. */
typedef enum IdleOpKind {
        IDLE_OP_DISABLE, /* the state of that index */
        IDLE_OP_ENABLE,
        IDLE_OP_DISABLE_BY_LATENCY, /* the states with that exit latency or more; the others are enabled */
        IDLE_OP_ENABLE_ALL,
} IdleOpKind;

typedef struct IdleOp {
        IdleOpKind kind;
        uint64_t number; /* index, or us */
} IdleOp;

/* The keys for some CPUs: the built-in defaults, the top of a file, one [cpus LIST] section, or one cpupower
 * command. */
typedef struct PolicyRule {
        bool all_cpus;
        CpuSet cpus; /* when not all_cpus */
        bool has[POLICY_KEY_MAX_];
        unsigned lines[POLICY_KEY_MAX_]; /* where in `file` each key stands */
        char *file;                      /* owned; NULL: built-in default */
        unsigned line;                   /* of the section header, 0 for none */

        char **governors; /* in order of preference, NULL-terminated, owned */
        uint64_t min_khz;
        uint64_t max_khz;
        uint64_t speed_khz;
        char *epp; /* owned */
        unsigned perf_bias;
        IdleLimit idle;
        IdleOp idle_op;
} PolicyRule;

/* Later rules override earlier ones, key by key; but POLICY_IDLE_SET adds up: each works on the result of the earlier
 * ones. */
typedef struct Policy {
        PolicyRule *rules;
        unsigned n_rules;
} Policy;

/* For one CPU: the rule that sets each key, the last one for POLICY_IDLE_SET, or NULL. Points into the Policy. */
typedef struct CpuPolicy {
        const PolicyRule *by[POLICY_KEY_MAX_];
} CpuPolicy;

/* Frees what the rule owns. */
void policy_rule_done(PolicyRule *rule);
void policy_done(Policy *policy);
#define _cleanup_policy_ _cleanup_(policy_done)

/* Appends an empty rule for all CPUs. The Policy owns it; the pointer is valid until the next call. NULL when out of
 * memory. */
PolicyRule *policy_add_rule(Policy *policy);
/* Appends the built-in rule (governor performance; nothing deeper than the shallowest C-state) for those halves that
 * are asked for. 0 or -ENOMEM. */
int policy_add_defaults(Policy *policy, bool frequency, bool idle);
/* Moves all rules of *from to the end of *policy. 0, or -ENOMEM with both untouched. */
int policy_append(Policy *policy, Policy *from);

/* Whether the rule's GOVERNOR lists this name, in upper or lower case. */
bool policy_rule_names_governor(const PolicyRule *rule, const char *governor);
bool policy_rule_covers(const PolicyRule *rule, unsigned cpu);
void policy_for_cpu(const Policy *policy, unsigned cpu, CpuPolicy *ret);
/* Whether the same rules set the same values for both CPUs. */
bool policy_cpus_agree(const Policy *policy, unsigned a, unsigned b);
/* Whether a rule has the key. */
bool policy_speaks_of(const Policy *policy, PolicyKey key);
/* The half that a key belongs to: idle or frequency. */
bool policy_key_is_idle(PolicyKey key);

/* The configuration's name of a key, "GOVERNOR", and back (POLICY_KEY_INVALID_). Case matters. */
const char *policy_key_to_string(PolicyKey key);
PolicyKey policy_key_from_string(const char *text);
/* The cpufreq knob of a key, and back; only four keys have one. */
Knob policy_key_to_knob(PolicyKey key);
PolicyKey policy_key_of_knob(Knob knob);

/* A value as the file would write it ("performance|userspace", "2600000", "C1", "20us", "shallowest", "-D 20"). "" for
 * a key that the rule does not have. Heap string owned by the caller, NULL when out of memory. */
char *policy_rule_format(const PolicyRule *rule, PolicyKey key);
