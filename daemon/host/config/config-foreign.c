/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/config/config-foreign.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "host/config/config-check.h"
#include "host/config/config-fault.h"
#include "host/config/config-file.h"
#include "host/config/config-ini.h"
#include "model/cpupower-options.h"

const char *const config_foreign_files[] = {
        "/etc/sysconfig/cpupower",            /* Fedora, RHEL and their like */
        "/etc/default/cpupower",              /* Arch */
        "/etc/cpupower-service.conf",         /* upstream, Debian */
        "/etc/default/cpupower-service.conf", /* Arch since */
        NULL,
};

typedef enum ForeignKey {
        FOREIGN_START_OPTS,
        FOREIGN_START_IDLE_OPTS,
        FOREIGN_STOP_OPTS, /* RHEL ships it filled in: not taken, the originals return */
        FOREIGN_STOP_IDLE_OPTS,
        FOREIGN_GOVERNOR,
        FOREIGN_MIN_FREQ,
        FOREIGN_MAX_FREQ,
        FOREIGN_FREQ,
        FOREIGN_PERF_BIAS,
        FOREIGN_EPP,
        FOREIGN_KEY_MAX_,
} ForeignKey;

static const char *const key_names[FOREIGN_KEY_MAX_] = {
        [FOREIGN_START_OPTS] = "CPUPOWER_START_OPTS",
        [FOREIGN_START_IDLE_OPTS] = "CPUPOWER_START_IDLE_OPTS",
        [FOREIGN_STOP_OPTS] = "CPUPOWER_STOP_OPTS",
        [FOREIGN_STOP_IDLE_OPTS] = "CPUPOWER_STOP_IDLE_OPTS",
        [FOREIGN_GOVERNOR] = "GOVERNOR",
        [FOREIGN_MIN_FREQ] = "MIN_FREQ",
        [FOREIGN_MAX_FREQ] = "MAX_FREQ",
        [FOREIGN_FREQ] = "FREQ",
        [FOREIGN_PERF_BIAS] = "PERF_BIAS",
        [FOREIGN_EPP] = "EPP",
};

typedef struct Foreign {
        const char *path;
        ConfigFaults faults;
        const ConfigItem *items[FOREIGN_KEY_MAX_]; /* the last of each that is not empty */
        Policy policy;
        bool broken; /* a value was not understood */
} Foreign;

static void foreign_done(Foreign *foreign)
{
        config_faults_done(&foreign->faults);
        policy_done(&foreign->policy);
}

/* Arch's script had the upstream names in lower case. */
static ForeignKey find_key(const char *name)
{
        for (ForeignKey key = 0; key < FOREIGN_KEY_MAX_; key++)
                if (strcmp(key_names[key], name) == 0 ||
                    (key >= FOREIGN_GOVERNOR && islower((unsigned char)*name) && strcasecmp(key_names[key], name) == 0))
                        return key;
        return FOREIGN_KEY_MAX_;
}

static void foreign_take(const ConfigItem *item, void *userdata)
{
        Foreign *foreign = userdata;
        char excerpt[CONFIG_EXCERPT_SIZE];
        ForeignKey key = find_key(item->key);

        if (key == FOREIGN_KEY_MAX_)
                config_faults_remark(&foreign->faults, item->line,
                                     "'%s' is not a key that tscwarden takes from this file; "
                                     "it has no effect here",
                                     config_excerpt(item->key, strlen(item->key), excerpt));
        else
                foreign->items[key] = *item->text ? item : NULL;
}

static void foreign_break(Foreign *foreign, const ConfigItem *item, const char *what)
{
        char excerpt[CONFIG_EXCERPT_SIZE];

        foreign->broken = true;
        config_faults_remark(&foreign->faults, item->line,
                             "%s='%s' %s. The built-in policy holds instead of this file; to set "
                             "another one, use tscwarden's own file",
                             item->key, config_excerpt(item->text, strlen(item->text), excerpt), what);
}

static int foreign_add_options(Foreign *foreign, ForeignKey key)
{
        const ConfigItem *item = foreign->items[key];
        CpupowerWhy why;
        int r;

        if (!item)
                return 0;
        r = cpupower_options_parse(item->text, foreign->path, item->line, &foreign->policy, why);
        if (r != -EINVAL)
                return r;
        foreign->broken = true;
        config_faults_remark(&foreign->faults, item->line,
                             "%s: %s. The built-in policy holds instead of this file; to set "
                             "another one, use tscwarden's own file",
                             item->key, why);
        return 0;
}

/* As tools/power/cpupower/cpupower.sh makes commands of its keys: FREQ instead of the other three. */
static int foreign_set_key(Foreign *foreign, PolicyRule *rule, ForeignKey key)
{
        const ConfigItem *item = foreign->items[key];
        CpupowerWhy fault = "";
        int r;

        if (!item)
                return 0;
        switch (key) {
        case FOREIGN_GOVERNOR:
                r = cpupower_set_governor(rule, item->line, item->text, fault);
                break;
        case FOREIGN_MIN_FREQ:
                r = cpupower_set_frequency(rule, POLICY_MIN_FREQ, item->line, item->text, fault);
                break;
        case FOREIGN_MAX_FREQ:
                r = cpupower_set_frequency(rule, POLICY_MAX_FREQ, item->line, item->text, fault);
                break;
        case FOREIGN_FREQ:
                r = cpupower_set_frequency(rule, POLICY_FREQ, item->line, item->text, fault);
                break;
        case FOREIGN_PERF_BIAS:
                r = cpupower_set_perf_bias(rule, item->line, item->text, fault);
                break;
        default:
                r = cpupower_set_epp(rule, item->line, item->text, fault);
        }
        if (r != -EINVAL)
                return r;
        foreign_break(foreign, item, fault);
        return 0;
}

static int foreign_add_keys(Foreign *foreign)
{
        PolicyRule *rule;
        bool any = false;
        int r = 0;

        for (ForeignKey key = FOREIGN_GOVERNOR; key < FOREIGN_KEY_MAX_; key++) {
                const ConfigItem *item = foreign->items[key];

                if (!item)
                        continue;
                if (foreign->policy.n_rules > 0 || (key < FOREIGN_FREQ && foreign->items[FOREIGN_FREQ])) {
                        config_faults_remark(&foreign->faults, item->line, "%s has no effect beside %s of line %u",
                                             item->key, foreign->policy.n_rules > 0 ? "the CPUPOWER_ options" : "FREQ",
                                             foreign->policy.n_rules > 0 ? foreign->policy.rules[0].line :
                                                                           foreign->items[FOREIGN_FREQ]->line);
                        foreign->items[key] = NULL;
                } else
                        any = true;
        }
        if (!any)
                return 0;
        rule = policy_add_rule(&foreign->policy);
        if (!rule || !(rule->file = strdup(foreign->path)))
                return -ENOMEM;
        for (ForeignKey key = FOREIGN_GOVERNOR; key < FOREIGN_KEY_MAX_ && r == 0; key++)
                r = foreign_set_key(foreign, rule, key);
        return r;
}

static int foreign_read(Foreign *foreign, const char *data, size_t size)
{
        _cleanup_config_text_ ConfigText text = { 0 };
        unsigned refused;
        int r;

        r = config_text_decode(data, size, &foreign->faults, &text);
        if (r == 0)
                r = config_ini_run(&text, foreign_take, foreign);
        if (r == 0)
                r = foreign_add_options(foreign, FOREIGN_START_OPTS);
        if (r == 0)
                r = foreign_add_options(foreign, FOREIGN_START_IDLE_OPTS);
        if (r == 0 && !foreign->broken)
                r = foreign_add_keys(foreign);
        refused = foreign->faults.n_refusals;
        if (r == 0)
                config_check_frequencies(&foreign->policy, &foreign->faults);
        foreign->broken |= foreign->faults.n_refusals > refused;
        return r;
}

/* The lines of *from behind those of *errors, as remarks. */
static int errors_move(ConfigErrors *errors, ConfigErrors *from)
{
        char **lines;

        if (from->n == 0)
                return 0;
        lines = reallocarray(errors->lines, errors->n + from->n, sizeof(*lines));
        if (!lines)
                return -ENOMEM;
        errors->lines = lines;
        memcpy(lines + errors->n, from->lines, from->n * sizeof(*lines));
        errors->n += from->n;
        free(from->lines);
        *from = (ConfigErrors) { 0 };
        return 0;
}

static int policy_take(Config *config, Foreign *foreign)
{
        Policy *policy = &foreign->policy;
        bool frequency = true, idle = true;

        for (PolicyKey key = 0; key < POLICY_KEY_MAX_; key++)
                if (policy_speaks_of(policy, key))
                        *(policy_key_is_idle(key) ? &idle : &frequency) = false;
        config->policy_file = strdup(foreign->path);
        policy_done(&config->policy);
        if (!config->policy_file || ((frequency || idle) && policy_add_defaults(&config->policy, frequency, idle) < 0))
                return -ENOMEM;
        return policy_append(&config->policy, policy);
}

/* 1: it has a say, 0: it has none. */
static int foreign_load_one(const char *path, Config *config, ConfigErrors *errors)
{
        _cleanup_(foreign_done) Foreign foreign = { .path = path };
        _cleanup_config_errors_ ConfigErrors remarks = { 0 };
        _cleanup_free_ char *data = NULL;
        size_t size;
        int error = config_file_read(path, &data, &size), r = 0;

        if (error == -ENOENT || error == -ENOTDIR)
                return 0;
        if (error < 0)
                config_faults_remark(&foreign.faults, 0, "cannot be read: %s; it has no effect", strerror(-error));
        else
                r = foreign_read(&foreign, data, size);
        if (r == 0)
                r = config_faults_format(&foreign.faults, path, &remarks);
        if (r == 0)
                r = errors_move(errors, &remarks);
        if (r == 0 && error == 0)
                r = config_add_file(config, path);
        if (r < 0 || foreign.broken)
                return r < 0 ? r : 1;
        if (foreign.policy.n_rules == 0)
                return 0;
        r = policy_take(config, &foreign);
        return r < 0 ? r : 1;
}

int config_foreign_load(const char *const *paths, Config *config, ConfigErrors *errors)
{
        int r = 0;

        for (; *paths && r == 0; paths++)
                r = foreign_load_one(*paths, config, errors);
        return r < 0 ? r : 0;
}
