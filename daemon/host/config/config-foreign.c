/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/config/config-foreign.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "base/log.h"
#include "host/config/config-carried.h"
#include "host/config/config-check.h"
#include "host/config/config-fault.h"
#include "host/config/config-file.h"
#include "host/config/config-ini.h"
#include "model/cpupower-options.h"

const char *const config_foreign_files[] = {
        "/etc/sysconfig/cpupower",            /* Fedora, RHEL and their like */
        "/etc/default/cpupower",              /* Arch */
        "/etc/cpupower-service.conf",         /* upstream, Debian */
        "/etc/default/cpupower-service.conf", /* Arch, newer packages */
        NULL,
};

typedef enum ForeignKey {
        FOREIGN_START_OPTS,
        FOREIGN_START_IDLE_OPTS,
        FOREIGN_STOP_OPTS, /* not used: RHEL ships it with a value, and at stop the originals return */
        FOREIGN_STOP_IDLE_OPTS,
        FOREIGN_GOVERNOR,
        FOREIGN_MIN_FREQ,
        FOREIGN_MAX_FREQ,
        FOREIGN_FREQ,
        FOREIGN_PERF_BIAS,
        FOREIGN_EPP,
        FOREIGN_KEY_MAX_,
} ForeignKey;

/* From FOREIGN_GOVERNOR on, the names are those of our own keys. */
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
        ConfigText text;
        /* A refusal is a line without effect; foreign_finish() turns it into a remark that says what holds instead. */
        ConfigFaults faults;
        const ConfigItem *items[FOREIGN_KEY_MAX_]; /* the last line of each key; NULL: none, or it is empty */
        Policy policy;
} Foreign;

static void foreign_done(Foreign *foreign)
{
        config_text_done(&foreign->text);
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

static void foreign_remark_unknown(Foreign *foreign, const ConfigItem *item)
{
        _cleanup_free_ char *here = carried_over_advise(item->key, item->text);
        char key[CONFIG_EXCERPT_SIZE];

        if (!here) {
                foreign->faults.error = -ENOMEM;
                return;
        }
        config_faults_remark(
                &foreign->faults, item->line,
                "'%s' is not a key that tscwarden reads in this file%s. This line has no effect, the others "
                "have theirs",
                config_excerpt(item->key, strlen(item->key), key), here);
}

static void foreign_take(const ConfigItem *item, void *userdata)
{
        Foreign *foreign = userdata;
        ForeignKey key = find_key(item->key);

        /* The line could not be decoded, which is reported already. It has no effect. */
        if (!item->text)
                return;
        if (key == FOREIGN_KEY_MAX_)
                foreign_remark_unknown(foreign, item);
        else
                foreign->items[key] = *item->text ? item : NULL;
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
        config_faults_refuse(&foreign->faults, item->line, "%s: %s", item->key, why);
        return 0;
}

/* Each key has the effect of the option that tools/power/cpupower/cpupower.sh passes on for it. */
static int foreign_set_key(Foreign *foreign, PolicyRule *rule, ForeignKey key)
{
        const ConfigItem *item = foreign->items[key];
        char excerpt[CONFIG_EXCERPT_SIZE];
        CpupowerWhy fault = "";
        int r;

        if (!item)
                return 0;
        r = cpupower_set(rule, policy_key_from_string(key_names[key]), item->line, item->text, fault);
        if (r != -EINVAL)
                return r;
        config_faults_refuse(&foreign->faults, item->line, "%s='%s' %s", item->key,
                             config_excerpt(item->text, strlen(item->text), excerpt), fault);
        return 0;
}

static void foreign_remark_useless(Foreign *foreign, ForeignKey key, const char *beside, unsigned line)
{
        const ConfigItem *item = foreign->items[key];

        if (item)
                config_faults_remark(&foreign->faults, item->line, "%s has no effect beside %s of line %u", item->key,
                                     beside, line);
}

/* With FREQ the keys GOVERNOR, MIN_FREQ and MAX_FREQ have no effect, as in cpupower.sh. */
static int foreign_add_keys(Foreign *foreign)
{
        PolicyRule rule = { .all_cpus = true }, *added;
        int r = 0;

        for (ForeignKey key = FOREIGN_FREQ; key < FOREIGN_KEY_MAX_ && r == 0; key++)
                r = foreign_set_key(foreign, &rule, key);
        for (ForeignKey key = FOREIGN_GOVERNOR; key < FOREIGN_FREQ && r == 0; key++)
                if (!rule.has[POLICY_FREQ])
                        r = foreign_set_key(foreign, &rule, key);
                else
                        foreign_remark_useless(foreign, key, "FREQ", foreign->items[FOREIGN_FREQ]->line);
        if (r == 0) {
                added = policy_add_rule(&foreign->policy);
                rule.file = strdup(foreign->path);
                if (added && rule.file) {
                        *added = rule;
                        return 0;
                }
                r = -ENOMEM;
        }
        policy_rule_done(&rule);
        return r;
}

/* If the minimum is above the maximum, neither of them holds. A policy that sets nothing is none. */
static int foreign_check_limits(Foreign *foreign)
{
        _cleanup_config_faults_ ConfigFaults faults = {};

        config_check_frequencies(&foreign->policy, &faults);
        for (unsigned i = 0; i < faults.n; i++)
                config_faults_remark(&foreign->faults, faults.entries[i].line,
                                     "%s. Neither limit has an effect: no minimum and no maximum is set",
                                     faults.entries[i].text);
        for (unsigned i = 0; i < foreign->policy.n_rules && faults.n > 0; i++) {
                foreign->policy.rules[i].has[POLICY_MIN_FREQ] = false;
                foreign->policy.rules[i].has[POLICY_MAX_FREQ] = false;
        }
        for (PolicyKey key = 0; key < POLICY_KEY_MAX_; key++)
                if (policy_speaks_of(&foreign->policy, key))
                        return faults.error;
        policy_done(&foreign->policy);
        return faults.error;
}

static int foreign_parse(Foreign *foreign, const char *data, size_t size)
{
        int r = config_text_decode(data, size, &foreign->faults, &foreign->text);

        if (r < 0)
                return r;
        r = config_ini_run(&foreign->text, foreign_take, foreign);
        if (r < 0)
                return r;
        carried_over_check(&foreign->text, &foreign->faults);
        r = foreign_add_options(foreign, FOREIGN_START_OPTS);
        if (r < 0)
                return r;
        r = foreign_add_options(foreign, FOREIGN_START_IDLE_OPTS);
        if (r < 0)
                return r;
        if (foreign->policy.n_rules == 0)
                r = foreign_add_keys(foreign);
        else
                for (ForeignKey key = FOREIGN_GOVERNOR; key < FOREIGN_KEY_MAX_; key++)
                        foreign_remark_useless(foreign, key, "the CPUPOWER_ options", foreign->policy.rules[0].line);
        return r < 0 ? r : foreign_check_limits(foreign);
}

/* 0, or -errno: -ENOENT and -ENOTDIR if there is no such file. Another one that cannot be read is a remark. */
static int foreign_read(Foreign *foreign, Config *config)
{
        _cleanup_free_ char *data = NULL;
        size_t size;
        int r = config_file_read(foreign->path, &data, &size);

        if (r == -ENOENT || r == -ENOTDIR)
                return r;
        if (r < 0) {
                config_faults_remark(&foreign->faults, 0, "cannot be read: %s; it has no effect", strerror(-r));
                return 0;
        }
        r = foreign_parse(foreign, data, size);
        return r < 0 ? r : config_add_file(config, foreign->path);
}

/* What holds because the line with this key has no effect. */
static const char *what_holds(const Policy *policy, ForeignKey key)
{
        CpuPolicy of_cpu;
        bool frequency, idle;

        policy_for_cpu(policy, CPUSET_MAX, &of_cpu);
        frequency = of_cpu.by[POLICY_GOVERNOR] && !of_cpu.by[POLICY_GOVERNOR]->file;
        idle = of_cpu.by[POLICY_MAX_CSTATE] && !of_cpu.by[POLICY_MAX_CSTATE]->file;
        switch (key) {
        case FOREIGN_MIN_FREQ:
                return "no minimum is set";
        case FOREIGN_MAX_FREQ:
                return "no maximum is set";
        case FOREIGN_PERF_BIAS:
        case FOREIGN_EPP:
                return "this preference stays as it is";
        case FOREIGN_STOP_OPTS:
        case FOREIGN_STOP_IDLE_OPTS:
                return "at stop every value is set back to what it was";
        case FOREIGN_START_IDLE_OPTS:
                frequency = false;
                break;
        case FOREIGN_GOVERNOR:
        case FOREIGN_FREQ:
                idle = false;
                break;
        default:
                break;
        }
        if (frequency && idle)
                return "the built-in policy holds: the governor performance, and no C-state deeper than the shallowest that halts";
        if (frequency)
                return "the built-in governor performance holds";
        return idle ? "the built-in limit holds: no C-state deeper than the shallowest that halts" :
                      "the other lines hold";
}

static const ConfigItem *item_of_line(const Foreign *foreign, unsigned line)
{
        for (size_t i = 0; i < foreign->text.n; i++)
                if (foreign->text.items[i].key && foreign->text.items[i].line == line)
                        return &foreign->text.items[i];
        return NULL;
}

static ForeignKey key_of_line(const Foreign *foreign, unsigned line)
{
        const ConfigItem *item = item_of_line(foreign, line);

        return item ? find_key(item->key) : FOREIGN_KEY_MAX_;
}

/* Whether the file is about a policy. A line that cannot be understood counts as well, unless it is about the stop or
 * its key is none of cpupower's. */
static bool foreign_is_about_policy(const Foreign *foreign)
{
        for (unsigned i = 0; i < foreign->faults.n; i++) {
                const ConfigFault *fault = &foreign->faults.entries[i];
                const ConfigItem *item = item_of_line(foreign, fault->line);
                ForeignKey key = key_of_line(foreign, fault->line);

                if (fault->refuses && key != FOREIGN_STOP_OPTS && key != FOREIGN_STOP_IDLE_OPTS &&
                    (key != FOREIGN_KEY_MAX_ || !item))
                        return true;
        }
        return foreign->policy.n_rules > 0;
}

/* If the line with the governor cannot be understood, the built-in governor holds, so that the CPUs have one. */
static int foreign_take_policy(Foreign *foreign, Config *config)
{
        bool governor = false;

        if (foreign->policy.n_rules == 0)
                return 0;
        for (unsigned i = 0; i < foreign->faults.n; i++) {
                ForeignKey key = key_of_line(foreign, foreign->faults.entries[i].line);

                if (foreign->faults.entries[i].refuses && (key == FOREIGN_GOVERNOR || key == FOREIGN_FREQ))
                        governor = true;
        }
        config->policy_file = strdup(foreign->path);
        if (!config->policy_file || config_take_policy(config, &foreign->policy) < 0)
                return -ENOMEM;
        if (governor && !policy_speaks_of(&config->policy, POLICY_GOVERNOR) &&
            policy_add_defaults(&config->policy, true, false) < 0)
                return -ENOMEM;
        return 0;
}

/* Adds to the message about a line without effect that it has none, and what holds instead. */
static int foreign_finish(Foreign *foreign, const Policy *policy)
{
        ConfigFaults *faults = &foreign->faults;

        for (unsigned i = 0; i < faults->n; i++) {
                ConfigFault *fault = &faults->entries[i];
                const char *dot = fault->text[strlen(fault->text) - 1] == '?' ? "" : ".";
                char *text;

                if (!fault->refuses)
                        continue;
                text = text_format("%s%s This line has no effect; where the host needs a policy, %s", fault->text, dot,
                                   what_holds(policy, key_of_line(foreign, fault->line)));
                if (!text)
                        return -ENOMEM;
                free(fault->text);
                fault->text = text;
                fault->refuses = false;
        }
        faults->n_remarks += faults->n_refusals;
        faults->n_refusals = 0;
        return config_faults_finish(faults, foreign->path);
}

/* 1: the file is about a policy. 0: it is not, or does not exist. Or -errno. */
static int foreign_load_one(const char *path, Config *config, ConfigFaults *faults)
{
        _cleanup_(foreign_done) Foreign foreign = { .path = path };
        bool is_about_policy;
        int r = foreign_read(&foreign, config);

        if (r == -ENOENT || r == -ENOTDIR)
                return 0;
        if (r < 0)
                return r;
        is_about_policy = foreign_is_about_policy(&foreign);
        r = foreign_take_policy(&foreign, config);
        if (r < 0)
                return r;
        r = foreign_finish(&foreign, &config->policy);
        if (r < 0)
                return r;
        r = config_faults_move(faults, &foreign.faults);
        return r < 0 ? r : is_about_policy;
}

int config_foreign_load(const char *const *paths, Config *config, ConfigFaults *faults)
{
        int r = 0;

        for (; *paths && r == 0; paths++)
                r = foreign_load_one(*paths, config, faults);
        return r < 0 ? r : 0;
}
