/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/config/config-keys.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/array.h"
#include "base/parse.h"
#include "host/config/config-fault.h"
#include "host/config/config-store.h"
#include "model/cpupower-options.h"

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

/* CPUFREQ_NAME_LEN and CPUIDLE_NAME_LEN are 16 with the NUL. */
#define NAME_MAX_LENGTH 15
#define GOVERNORS_MAX 8

static int refuse(ConfigWhy why, const ConfigKey *key, const char *text, const char *rest)
{
        char excerpt[CONFIG_EXCERPT_SIZE];

        snprintf(why, CONFIG_WHY_SIZE, "%s='%s' %s", key->name, config_excerpt(text, strlen(text), excerpt), rest);
        return -EINVAL;
}

/* "auto, always or never" */
static void join_values(const char *const *values, char *buffer, size_t size)
{
        char *end = buffer;

        *buffer = '\0';
        for (const char *const *value = values; *value; value++) {
                if (value != values)
                        end += snprintf(end, size - (size_t)(end - buffer), "%s", value[1] ? ", " : " or ");
                end += snprintf(end, size - (size_t)(end - buffer), "%s", *value);
        }
}

static int parse_enum(const ConfigKey *key, const char *text, void *ret, ConfigWhy reterr_why)
{
        char list[128], rest[256];

        for (unsigned i = 0; key->values[i]; i++) {
                if (strcmp(key->values[i], text) == 0) {
                        *(unsigned *)ret = i;
                        return 0;
                }
                if (strcasecmp(key->values[i], text) == 0) {
                        snprintf(rest, sizeof(rest), "has the wrong case; write %s", key->values[i]);
                        return refuse(reterr_why, key, text, rest);
                }
        }
        join_values(key->values, list, sizeof(list));
        snprintf(rest, sizeof(rest), "is not known; write %s", list);
        return refuse(reterr_why, key, text, rest);
}

static const char *check_governor(const char *name, size_t length)
{
        if (length == 0)
                return "has an empty name in its list; write it like performance or performance|userspace";
        if (!governor_name_fits(name, length))
                return "is not a list of governors; write it like performance or performance|userspace";
        if (length > NAME_MAX_LENGTH)
                return "has a name of more than 15 bytes; no governor of the kernel has so long a name";
        return NULL;
}

static int parse_governors(const ConfigKey *key, const char *text, void *ret, ConfigWhy reterr_why)
{
        _cleanup_strings_ char **governors = calloc(GOVERNORS_MAX + 1, sizeof(*governors));
        size_t n = 0;

        if (!governors)
                return -ENOMEM;
        for (const char *at = text;; n++) {
                size_t length = strcspn(at, "|");
                const char *fault = check_governor(at, length);

                if (fault)
                        return refuse(reterr_why, key, text, fault);
                if (n == GOVERNORS_MAX)
                        return refuse(reterr_why, key, text, "has more than 8 names; write at most 8");
                governors[n] = strndup(at, length);
                if (!governors[n])
                        return -ENOMEM;
                for (size_t i = 0; i < n; i++)
                        if (strcmp(governors[i], governors[n]) == 0)
                                return refuse(reterr_why, key, text, "names a governor twice; name it once");
                if (!at[length])
                        break;
                at += length + 1;
        }
        *(char ***)ret = TAKE_PTR(governors);
        return 0;
}

static int parse_khz(const ConfigKey *key, const char *text, void *ret, ConfigWhy reterr_why)
{
        CpupowerWhy fault;
        int r = cpupower_parse_frequency(text, ret, fault);

        return r == -EINVAL ? refuse(reterr_why, key, text, fault) : r;
}

static const char *check_latency(const char *text, uint64_t *ret_usec)
{
        uint64_t usec;

        if (!text[strspn(text, DIGITS)])
                return "is an index, which differs from CPU to CPU; write a name such as C1 or a latency such as 20us";
        switch (parse_usec(text, &usec)) {
        case 0:
                break;
        case -ERANGE:
                return "is more than an hour; write a latency such as 20us or 1ms";
        default:
                return "is neither a state name nor a latency; write it like C1, 20us or 1ms";
        }
        if (usec == 0)
                return "leaves only POLL, which keeps the CPU at full power; write C1 or a latency such as 20us";
        *ret_usec = usec;
        return NULL;
}

static const char *check_state_name(const char *text)
{
        if (strcasecmp(text, "POLL") == 0)
                return "keeps the CPU at full power (POLL never halts it); write C1, or comment the line out for the "
                       "shallowest state that halts";
        if (!*text || !strchr(LOWER UPPER, *text) || text[strspn(text, LOWER UPPER DIGITS "_-.")])
                return "is neither a state name nor a latency; write it like C1, 20us or 1ms";
        if (strlen(text) > NAME_MAX_LENGTH)
                return "has more than 15 characters; no state of the kernel has so long a name";
        return NULL;
}

static int parse_idle_limit(const ConfigKey *key, const char *text, void *ret, ConfigWhy reterr_why)
{
        IdleLimit limit = { .kind = IDLE_LIMIT_NAME };
        const char *fault;

        if (*text && strchr(DIGITS, *text)) {
                limit.kind = IDLE_LIMIT_LATENCY;
                fault = check_latency(text, &limit.latency_usec);
        } else if (strcmp(text, "shallowest") == 0) {
                limit.kind = IDLE_LIMIT_SHALLOWEST;
                fault = NULL;
        } else
                fault = check_state_name(text);
        if (fault)
                return refuse(reterr_why, key, text, fault);
        if (limit.kind == IDLE_LIMIT_NAME) {
                limit.name = strdup(text);
                if (!limit.name)
                        return -ENOMEM;
        }
        *(IdleLimit *)ret = limit;
        return 0;
}

/* Only copies the text; config-options.c parses it later, together with the other options. */
static int parse_options(const ConfigKey *key, const char *text, void *ret, ConfigWhy reterr_why)
{
        char *copy = strdup(text);

        if (!copy)
                return -ENOMEM;
        /* Below a section header that is wrong, the key may already have stood once. */
        free(*(char **)ret);
        *(char **)ret = copy;
        return 0;
}

/* parse_enum() stores through unsigned *. */
_Static_assert(sizeof(ApplyMode) == sizeof(unsigned) && sizeof(ApplyWhen) == sizeof(unsigned) &&
                       sizeof(DriftMode) == sizeof(unsigned) && sizeof(StopMode) == sizeof(unsigned),
               "enums are unsigned");

#define SETTING(key_name, member, names)                                                                   \
        {                                                                                                  \
                .name = (key_name), .policy_key = POLICY_KEY_INVALID_, .offset = offsetof(Config, member), \
                .line_offset = offsetof(Config, member##_line), .values = (names), .parse = parse_enum     \
        }
#define POLICY(key_name, key, member, parser)                                                                      \
        {                                                                                                          \
                .name = (key_name), .policy_key = (key), .offset = offsetof(PolicyRule, member), .parse = (parser) \
        }

#define OPTIONS(key_name, key)                                                                                        \
        {                                                                                                             \
                .name = (key_name), .policy_key = POLICY_KEY_INVALID_, .offset = offsetof(Config, options[key].text), \
                .line_offset = offsetof(Config, options[key].line), .parse = parse_options                            \
        }

const ConfigKey config_keys[CONFIG_KEYS_MAX] = {
        SETTING("APPLY", apply, apply_mode_names),
        SETTING("APPLY_WHEN", apply_when, apply_when_names),
        POLICY("GOVERNOR", POLICY_GOVERNOR, governors, parse_governors),
        POLICY("MIN_FREQ", POLICY_MIN_FREQ, min_khz, parse_khz),
        POLICY("MAX_FREQ", POLICY_MAX_FREQ, max_khz, parse_khz),
        POLICY("MAX_CSTATE", POLICY_MAX_CSTATE, idle, parse_idle_limit),
        SETTING("DRIFT", drift, drift_mode_names),
        SETTING("ON_STOP", on_stop, stop_mode_names),
        OPTIONS("CPUPOWER_START_OPTS", OPTION_START),
        OPTIONS("CPUPOWER_START_IDLE_OPTS", OPTION_START_IDLE),
        OPTIONS("CPUPOWER_STOP_OPTS", OPTION_STOP),
        OPTIONS("CPUPOWER_STOP_IDLE_OPTS", OPTION_STOP_IDLE),
};

/* Keys of other programs' files, and what to write instead. `key`: the key here that takes the same values; NULL:
 * none. */
static const struct {
        const char *name, *advice, *key;
} elsewhere[] = {
        { "START_OPTS", "is Gentoo's; write CPUPOWER_START_OPTS=\"frequency-set ...\" with what START_OPTS holds",
          NULL },
        { "STOP_OPTS", "is Gentoo's; write CPUPOWER_STOP_OPTS=\"frequency-set ...\" with what STOP_OPTS holds", NULL },
        { "MIN_SPEED", "is cpufrequtils's; write MIN_FREQ, or leave the line out where it holds 0", "MIN_FREQ" },
        { "MAX_SPEED", "is cpufrequtils's; write MAX_FREQ, or leave the line out where it holds 0", "MAX_FREQ" },
        { "ENABLE", "is cpufrequtils's; leave the line out, APPLY is the switch here", NULL },
        { "FREQ", "is a key of cpupower-service.conf; write CPUPOWER_START_OPTS=\"frequency-set -f ...\"", NULL },
        { "PERF_BIAS", "is a key of cpupower-service.conf; write CPUPOWER_START_OPTS=\"set -b ...\"", NULL },
        { "EPP", "is a key of cpupower-service.conf; write CPUPOWER_START_OPTS=\"set -e ...\"", NULL },
};

static void explain_unknown(const char *name, ConfigWhy why)
{
        char excerpt[CONFIG_EXCERPT_SIZE];
        const ConfigKey *nearest = NULL;
        unsigned least = 3;

        config_excerpt(name, strlen(name), excerpt);
        for (size_t i = 0; i < ARRAY_SIZE(elsewhere); i++)
                if (strcasecmp(elsewhere[i].name, name) == 0) {
                        snprintf(why, CONFIG_WHY_SIZE, "%s %s", excerpt, elsewhere[i].advice);
                        return;
                }
        for (const ConfigKey *key = config_keys; key < config_keys + CONFIG_KEYS_MAX; key++) {
                unsigned distance = text_distance(name, key->name);

                if (distance < least) {
                        least = distance;
                        nearest = key;
                }
        }
        if (!nearest)
                snprintf(
                        why, CONFIG_WHY_SIZE,
                        "unknown key '%s'; there are APPLY, APPLY_WHEN, GOVERNOR, MIN_FREQ, MAX_FREQ, "
                        "MAX_CSTATE, DRIFT, ON_STOP, CPUPOWER_START_OPTS, CPUPOWER_START_IDLE_OPTS, CPUPOWER_STOP_OPTS and "
                        "CPUPOWER_STOP_IDLE_OPTS",
                        excerpt);
        else if (least == 0)
                snprintf(why, CONFIG_WHY_SIZE, "key '%s' has the wrong case; write %s", excerpt, nearest->name);
        else
                snprintf(why, CONFIG_WHY_SIZE, "unknown key '%s'; did you mean %s?", excerpt, nearest->name);
}

/* The key here that takes the same values as the key `name` of another program; else `name` itself. */
static const char *own_name(const char *name)
{
        for (size_t i = 0; i < ARRAY_SIZE(elsewhere); i++)
                if (elsewhere[i].key && strcasecmp(elsewhere[i].name, name) == 0)
                        return elsewhere[i].key;
        return name;
}

int config_key_try(const char *name, const char *text, ConfigWhy reterr_why)
{
        for (const ConfigKey *key = config_keys; key < config_keys + CONFIG_KEYS_MAX; key++) {
                _cleanup_config_ Config config = {};
                PolicyRule rule = {};
                int r;

                if (strcasecmp(key->name, own_name(name)) != 0)
                        continue;
                r = key->parse(key, text, (key->policy_key < 0 ? (char *)&config : (char *)&rule) + key->offset,
                               reterr_why);
                policy_rule_done(&rule);
                return r;
        }
        return 0;
}

const ConfigKey *config_key_find(const char *name, ConfigWhy reterr_why)
{
        for (const ConfigKey *key = config_keys; key < config_keys + CONFIG_KEYS_MAX; key++)
                if (strcmp(key->name, name) == 0)
                        return key;
        explain_unknown(name, reterr_why);
        return NULL;
}
