/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/config/config-store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/macro.h"

const char *const apply_mode_names[] = {
        [APPLY_AUTO] = "auto", [APPLY_ALWAYS] = "always", [APPLY_NEVER] = "never", NULL
};
const char *const apply_when_names[] = { [APPLY_WHEN_ALWAYS] = "always", [APPLY_WHEN_GUESTS] = "guests", NULL };
const char *const drift_mode_names[] = { [DRIFT_REPAIR] = "repair", [DRIFT_REPORT] = "report", NULL };
const char *const stop_mode_names[] = { [STOP_RESTORE] = "restore", [STOP_KEEP] = "keep", NULL };

DEFINE_TO_STRING(apply_mode, ApplyMode, apply_mode_names);
DEFINE_TO_STRING(apply_when, ApplyWhen, apply_when_names);
DEFINE_TO_STRING(drift_mode, DriftMode, drift_mode_names);
DEFINE_TO_STRING(stop_mode, StopMode, stop_mode_names);

void config_done(Config *config)
{
        free(config->file);
        for (OptionKey key = 0; key < OPTION_MAX_; key++)
                free(config->options[key].text);
        policy_done(&config->policy);
        policy_done(&config->stop_policy);
        free(config->policy_file);
        for (unsigned i = 0; i < config->n_files; i++)
                free(config->files[i]);
        free(config->files);
        *config = (Config) {};
}

/* An energy preference alone (EPP, EPB) is no policy for the frequency half: the built-in governor holds where the host
 * needs that half. With APPLY=always, however, exactly what the file says is applied, on every host. */
static bool key_fills_half(const Config *config, PolicyKey key)
{
        return config->apply == APPLY_ALWAYS || (key != POLICY_EPP && key != POLICY_PERF_BIAS);
}

int config_take_policy(Config *config, Policy *from)
{
        Halves filled = { .frequency = true, .idle = true };

        for (PolicyKey key = 0; key < POLICY_KEY_MAX_; key++)
                if (policy_speaks_of(from, key) && key_fills_half(config, key))
                        *(policy_key_is_idle(key) ? &filled.idle : &filled.frequency) = false;
        policy_done(&config->policy);
        if ((filled.frequency || filled.idle) &&
            policy_add_defaults(&config->policy, filled.frequency, filled.idle) < 0)
                return -ENOMEM;
        config->filled = filled;
        return policy_append(&config->policy, from);
}

int config_add_file(Config *config, const char *path)
{
        if (array_grow(&config->files, config->n_files, sizeof(*config->files)) < 0)
                return -ENOMEM;
        config->files[config->n_files] = strdup(path);
        if (!config->files[config->n_files])
                return -ENOMEM;
        config->n_files++;
        return 0;
}

/* Whether our own file sets this half. cpupower's files do not count: if the host needs no policy, cpupower applies
 * them. */
static bool config_sets(const Config *config, bool frequency)
{
        for (unsigned i = 0; i < config->policy.n_rules && config->sets_policy; i++)
                for (PolicyKey key = 0; key < POLICY_KEY_MAX_; key++)
                        if (config->policy.rules[i].file && config->policy.rules[i].has[key] &&
                            policy_key_is_idle(key) != frequency)
                                return true;
        return false;
}

Halves config_find_unused(const Config *config, const Facts *facts)
{
        Halves need = need_from_facts(facts);

        if (config->apply != APPLY_AUTO)
                return (Halves) {};
        return (Halves) {
                .frequency = !need.frequency && config_sets(config, true),
                .idle = !need.idle && config_sets(config, false),
        };
}
