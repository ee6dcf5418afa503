/* SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "host/config/config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/macro.h"
#include "host/config/config-check.h"
#include "host/config/config-fault.h"
#include "host/config/config-file.h"
#include "host/config/config-foreign.h"
#include "host/config/config-ini.h"
#include "host/config/config-keys.h"
#include "host/config/config-options.h"
#include "host/config/config-text.h"

/* A file with more sections comes from a faulty generator. Each section costs a rule and a set of CPUs. */
#define SECTIONS_MAX 1024U
#define BLANKS " \t"

typedef struct Loader {
        Config *config;
        ConfigText *text;
        ConfigFaults *faults;
        bool *broken;        /* by scope: its header is wrong, so of its keys only the values are checked */
        unsigned *n_keys;    /* by scope */
        unsigned first_rule; /* of scope 1 */
        unsigned scope;      /* the scope that key_lines belongs to */
        unsigned key_lines[CONFIG_KEYS_MAX]; /* where each key of this scope stands, 0: not yet */
} Loader;

static void loader_done(Loader *loader)
{
        free(loader->broken);
        free(loader->n_keys);
}

/* "cpus 0-3" -> the set. 0, -EINVAL (reported), -ENOMEM. */
static int parse_header(const ConfigItem *item, ConfigFaults *faults, CpuSet *ret)
{
        const char *word = item->text + strspn(item->text, BLANKS), *fault = NULL;
        size_t length = strcspn(word, BLANKS);
        _cleanup_free_ char *list = strdup(word + length + strspn(word + length, BLANKS));
        char excerpt[CONFIG_EXCERPT_SIZE];
        int r;

        if (!list)
                return -ENOMEM;
        for (size_t n = strlen(list); n > 0 && strchr(BLANKS, list[n - 1]); n--)
                list[n - 1] = '\0';
        config_excerpt(item->text, strlen(item->text), excerpt);

        if (length != strlen("cpus") || strncmp(word, "cpus", length) != 0) {
                bool case_only = length == strlen("cpus") && strncasecmp(word, "cpus", length) == 0;

                config_faults_refuse(faults, item->line, "%s [%s]; write it like [cpus 0-3,8]",
                                     case_only ? "wrong case in section" : "unknown section", excerpt);
                return -EINVAL;
        }
        r = cpuset_parse(list, ret);
        if (r == -ENOMEM)
                return r;
        if (!*list)
                fault = "names no CPUs";
        else if (r == -ERANGE)
                fault = "names a CPU beyond 8191";
        else if (r < 0)
                fault = "is no list of CPUs";
        if (!fault)
                return 0;
        config_faults_refuse(faults, item->line, "[%s] %s; write it like [cpus 0-3,8]", excerpt, fault);
        return -EINVAL;
}
_Static_assert(CPUSET_MAX == 8192, "a message above says so");

static int add_rule(Loader *loader, unsigned line, PolicyRule **ret)
{
        PolicyRule *rule = policy_add_rule(&loader->config->policy);

        if (!rule)
                return -ENOMEM;
        rule->file = strdup(loader->config->file);
        if (!rule->file)
                return -ENOMEM;
        rule->line = line;
        if (ret)
                *ret = rule;
        return 0;
}

/* Adds one rule for the lines above the first section if they set a policy, and one for each section. 0 or -ENOMEM. */
static int loader_add_rules(Loader *loader)
{
        const ConfigText *text = loader->text;
        size_t i = 0;
        int r = 0;

        for (; i < text->n && text->items[i].key; i++)
                loader->config->sets_policy |= policy_key_from_string(text->items[i].key) != POLICY_KEY_INVALID_;
        if (loader->config->sets_policy)
                r = add_rule(loader, 0, NULL);
        loader->first_rule = loader->config->policy.n_rules;

        for (; i < text->n && r >= 0; i++) {
                const ConfigItem *item = &text->items[i];
                PolicyRule *rule;

                if (item->key) {
                        loader->config->sets_policy |= policy_key_from_string(item->key) != POLICY_KEY_INVALID_;
                        continue;
                }
                r = add_rule(loader, item->line, &rule);
                if (r < 0)
                        break;
                rule->all_cpus = false;
                r = item->text ? parse_header(item, loader->faults, &rule->cpus) : -EINVAL;
                if (r == -EINVAL) {
                        loader->broken[item->scope] = true;
                        r = 0;
                }
        }
        return r;
}

static void loader_take(const ConfigItem *item, void *userdata)
{
        Loader *loader = userdata;
        ConfigFaults *faults = loader->faults;
        const ConfigKey *key;
        PolicyRule *rule = NULL;
        unsigned *line;
        ConfigWhy why;
        char *base;
        int r;

        if (item->scope != loader->scope) {
                memset(loader->key_lines, 0, sizeof(loader->key_lines));
                loader->scope = item->scope;
        }
        loader->n_keys[item->scope]++;
        key = config_key_find(item->key, why);
        if (!key) {
                config_faults_refuse(faults, item->line, "%s", why);
                /* The value is checked too. Otherwise the line would be refused again after its key was corrected. */
                r = item->text && *item->text ? config_key_try(item->key, item->text, why) : 0;
                if (r == -EINVAL)
                        config_faults_refuse(faults, item->line, "%s", why);
                else if (r < 0)
                        faults->error = r;
                return;
        }
        if (key->policy_key == POLICY_KEY_INVALID_ && item->scope > 0 && !loader->broken[item->scope]) {
                config_faults_refuse(faults, item->line, "%s holds for the whole host; move it above the first section",
                                     key->name);
                return;
        }
        line = &loader->key_lines[key - config_keys];
        if (*line > 0) {
                config_faults_refuse(faults, item->line, "%s stands on line %u already; keep one of the two", key->name,
                                     *line);
                return;
        }
        *line = item->line;
        if (!item->text)
                return;
        if (!*item->text) {
                config_faults_refuse(faults, item->line, "%s has no value; give one or comment the line out",
                                     key->name);
                return;
        }

        /* The rule of the lines above the first section comes right before that of the first section. */
        if (key->policy_key != POLICY_KEY_INVALID_)
                rule = &loader->config->policy.rules[loader->first_rule + item->scope - 1];
        base = rule ? (char *)rule : (char *)loader->config;
        r = key->parse(key, item->text, base + key->offset, why);
        if (r == -EINVAL)
                config_faults_refuse(faults, item->line, "%s", why);
        else if (r < 0)
                faults->error = r;
        else if (rule) {
                rule->has[key->policy_key] = true;
                rule->lines[key->policy_key] = item->line;
        } else
                *(unsigned *)(base + key->line_offset) = item->line;
}

static void loader_check_sections(Loader *loader)
{
        const PolicyRule *rules = loader->config->policy.rules + loader->first_rule;

        for (unsigned scope = 1; scope <= loader->text->n_scopes; scope++)
                if (!loader->broken[scope] && loader->n_keys[scope] == 0)
                        config_faults_remark(loader->faults, rules[scope - 1].line,
                                             "this section sets nothing; add a key or remove it");
}

static int loader_run(Loader *loader)
{
        size_t n_scopes = loader->text->n_scopes + 1;
        int r;

        if (loader->text->n_scopes > SECTIONS_MAX) {
                config_faults_refuse(loader->faults, 0, "more than %u sections; let one hold all CPUs of one policy",
                                     SECTIONS_MAX);
                return 0;
        }
        loader->broken = calloc(n_scopes, sizeof(*loader->broken));
        loader->n_keys = calloc(n_scopes, sizeof(*loader->n_keys));
        if (!loader->broken || !loader->n_keys)
                return -ENOMEM;
        r = policy_add_defaults(&loader->config->policy, true, true);
        if (r < 0)
                return r;
        r = loader_add_rules(loader);
        if (r < 0)
                return r;
        r = config_ini_run(loader->text, loader_take, loader);
        if (r < 0)
                return r;
        if (loader->faults->error < 0)
                return loader->faults->error;
        loader_check_sections(loader);
        config_check_overlaps(&loader->config->policy, loader->faults);
        r = config_take_options(loader->config, loader->faults);
        if (r < 0)
                return r;
        config_check_frequencies(&loader->config->policy, loader->faults);
        return 0;
}

int config_parse(const char *file, const char *data, size_t size, Config *ret, ConfigFaults *ret_faults)
{
        _cleanup_config_faults_ ConfigFaults faults = {};
        _cleanup_config_text_ ConfigText text = {};
        _cleanup_config_ Config config = { .file = strdup(file), .exists = true };
        _cleanup_(loader_done) Loader loader = { .config = &config, .text = &text, .faults = &faults };
        int r;

        if (!config.file)
                return -ENOMEM;
        r = config_text_decode(data, size, &faults, &text);
        if (r < 0)
                return r;
        r = loader_run(&loader);
        if (r < 0)
                return r;
        r = config_faults_finish(&faults, file);
        if (r < 0)
                return r;
        *ret_faults = TAKE_STRUCT(faults);
        if (ret_faults->n_refusals > 0)
                return -EBADMSG;
        *ret = TAKE_STRUCT(config);
        return 0;
}

int config_load(const char *path, Config *ret, ConfigFaults *ret_faults)
{
        return config_load_with(path, config_foreign_files, ret, ret_faults);
}

int config_load_with(const char *path, const char *const *foreign, Config *ret, ConfigFaults *ret_faults)
{
        _cleanup_config_ Config config = {};
        _cleanup_free_ char *data = NULL;
        size_t size = 0;
        int error, r;

        error = config_file_read(path, &data, &size);
        if (error < 0 && error != -ENOENT) {
                config_faults_refuse(ret_faults, 0,
                                     "cannot be read: %s; it must be a readable file, or not be there at all",
                                     error == -EINVAL ? "Not a regular file" : strerror(-error));
                r = config_faults_finish(ret_faults, path);
                return r < 0 ? r : error;
        }
        r = config_parse(path, data ? data : "", size, &config, ret_faults);
        if (r < 0)
                return r;
        config.exists = error == 0;
        if (config.exists)
                r = config_add_file(&config, path);
        if (r == 0 && !config.sets_policy)
                r = config_foreign_load(foreign, &config, ret_faults);
        if (r < 0)
                return r;
        *ret = TAKE_STRUCT(config);
        return 0;
}
