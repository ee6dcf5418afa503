/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the configuration says should hold, per CPU.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/cpuset.h"

typedef enum PolicyKey {
        POLICY_GOVERNOR,
        POLICY_MIN_FREQ,
        POLICY_MAX_FREQ,
        POLICY_MAX_CSTATE,
        POLICY_KEY_MAX_,
        POLICY_KEY_INVALID_ = -1,
} PolicyKey;

typedef enum IdleLimitKind {
        IDLE_LIMIT_SHALLOWEST, /* nothing deeper than the shallowest state that is not POLL */
        IDLE_LIMIT_NAME,       /* nothing deeper than the state of that name; "C1" also names "C1_ACPI" */
        IDLE_LIMIT_LATENCY,    /* nothing of a greater exit latency */
} IdleLimitKind;

typedef struct IdleLimit {
        IdleLimitKind kind;
        char *name; /* owned */
        uint64_t latency_usec;
} IdleLimit;

/* One set of keys for some CPUs: the built-in defaults, the top of a file, or one [cpus LIST] section. */
typedef struct PolicyRule {
        bool all_cpus;
        CpuSet cpus; /* when not all_cpus */
        bool has[POLICY_KEY_MAX_];
        unsigned lines[POLICY_KEY_MAX_]; /* where in `file` each key stands */
        char *file;  /* owned; NULL: built-in default */
        unsigned line; /* of the section header, 0 for none */

        char **governors; /* in order of preference, NULL-terminated, owned */
        uint64_t min_khz;
        uint64_t max_khz;
        IdleLimit idle;
} PolicyRule;

/* Later rules override earlier ones, key by key. */
typedef struct Policy {
        PolicyRule *rules;
        unsigned n_rules;
} Policy;

/* For one CPU the rule that supplies each key, or NULL. Points into the Policy. */
typedef struct CpuPolicy {
        const PolicyRule *by[POLICY_KEY_MAX_];
} CpuPolicy;

void policy_done(Policy *policy);
#define _cleanup_policy_ _cleanup_(policy_done)

/* Appends an empty rule for all CPUs; the Policy owns it, the pointer holds until the next call. NULL when out of memory. */
PolicyRule *policy_add_rule(Policy *policy);
/* Appends the built-in rule: governor performance, nothing deeper than the shallowest C-state. 0 or -ENOMEM. */
int policy_add_defaults(Policy *policy);

void policy_for_cpu(const Policy *policy, unsigned cpu, CpuPolicy *ret);
bool cpu_policy_equal(const CpuPolicy *a, const CpuPolicy *b);

/* The configuration's name of a key, "GOVERNOR", and back (POLICY_KEY_INVALID_). Case matters. */
const char *policy_key_to_string(PolicyKey key);
PolicyKey policy_key_from_string(const char *text);

/* A value as the file would say it ("performance|userspace", "2600000", "C1", "20us", "shallowest").
 * "" for a key the rule has not. Heap string owned by the caller, NULL when out of memory. */
char *policy_rule_format(const PolicyRule *rule, PolicyKey key);
