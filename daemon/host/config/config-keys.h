/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The keys of the configuration file: what each is called, where it may stand, what its values are. A new key is a row
 * in config_keys[]; CONTRIBUTING.md lists what else it needs.
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
        PolicyKey policy_key; /* it may stand in [cpus LIST] and sets a PolicyRule; POLICY_KEY_INVALID_: a Config */
        size_t offset;        /* of the value in that struct */
        size_t line_offset;   /* of the line number in the Config */
        const char *const *values; /* of an enumeration, in the order of its enum, NULL-terminated */
        /* Parses the whole text. 0; -EINVAL: reterr_why says why; -ENOMEM. *ret is untouched on failure. */
        int (*parse)(const ConfigKey *key, const char *text, void *ret, ConfigWhy reterr_why);
};

#define CONFIG_KEYS_MAX 12U
extern const ConfigKey config_keys[CONFIG_KEYS_MAX];

/* The key of that name. NULL: there is none, and reterr_why says which key may have been meant. */
const ConfigKey *config_key_find(const char *name, ConfigWhy reterr_why);

/* Checks a value as the key of that name does, whatever the case of the name; for MAX_SPEED and MIN_SPEED of
 * cpufrequtils as MAX_FREQ and MIN_FREQ do. 0, also if there is no such key; -EINVAL with reterr_why; -ENOMEM. */
int config_key_try(const char *name, const char *text, ConfigWhy reterr_why);
