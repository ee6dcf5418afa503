/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The keys of the configuration file: what each is called, where it may stand, what its values are.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "model/policy.h"

/* "what; what would be right" */
#define CONFIG_WHY_SIZE 640
typedef char ConfigWhy[CONFIG_WHY_SIZE];

typedef struct ConfigKey ConfigKey;
struct ConfigKey {
        const char *name;
        PolicyKey policy_key; /* may stand in [cpus LIST], goes to a PolicyRule; POLICY_KEY_INVALID_: to the Config */
        size_t offset;        /* of the value there */
        size_t line_offset;   /* of the line number in the Config */
        const char *const *values; /* of an enumeration, in the order of its enum, NULL-terminated */
        /* The whole text or nothing. 0; -EINVAL: reterr_why says why; -ENOMEM. *ret is untouched on failure. */
        int (*parse)(const ConfigKey *key, const char *text, void *ret, ConfigWhy reterr_why);
};

#define CONFIG_KEYS_MAX 12U
extern const ConfigKey config_keys[CONFIG_KEYS_MAX];

/* NULL when there is none of that name; then reterr_why says which may have been meant. */
const ConfigKey *config_key_find(const char *name, ConfigWhy reterr_why);

/* What the key of that name, in any case, would say of a value; of cpufrequtils's MAX_SPEED and MIN_SPEED, what ours would. 0 also where
 * there is no such key, -EINVAL with reterr_why, -ENOMEM. */
int config_key_try(const char *name, const char *text, ConfigWhy reterr_why);
