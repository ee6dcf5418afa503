/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/config/config-carried.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "base/log.h"
#include "base/macro.h"
#include "model/cpupower-options.h"
#include "model/policy.h"

/* The text before and after the value in the line that says the same here. `before` NULL: no line does, and `after`
 * says so. */
static const struct {
        const char *name, *before, *after;
} carried_over[] = {
        { "MIN_SPEED", "MIN_FREQ=", "" },
        { "MAX_SPEED", "MAX_FREQ=", "" },
        { "START_OPTS", "CPUPOWER_START_OPTS=\"frequency-set ", "\"" },
        { "STOP_OPTS", NULL, "at stop tscwarden sets every value back to what it was" },
        { "ENABLE", NULL, "cpupower has no such switch" },
};

static bool is_options(const char *before)
{
        return strncmp(before, "CPUPOWER_", strlen("CPUPOWER_")) == 0;
}

/* Whether the value is right for the key that says the same here. 0; -EINVAL with reterr_why; -ENOMEM. */
static int check_value(const char *before, const char *value, CpupowerWhy reterr_why)
{
        _cleanup_policy_ Policy policy = {};
        _cleanup_free_ char *options = NULL;
        uint64_t khz;

        if (!is_options(before))
                return cpupower_parse_frequency(value, &khz, reterr_why);
        options = text_format("frequency-set %s", value);
        if (!options)
                return -ENOMEM;
        return cpupower_options_parse(options, "", 0, &policy, reterr_why);
}

static char *advise(const char *before, const char *value, const char *after)
{
        char excerpt[CONFIG_EXCERPT_SIZE];
        CpupowerWhy why;
        int r = check_value(before, value, why);

        config_excerpt(value, strlen(value), excerpt);
        if (r == 0)
                return text_format("; write %s%s%s", before, excerpt, after);
        if (r != -EINVAL)
                return NULL;
        return text_format("; the key for it is %.*s, where '%s'%s %s", (int)strcspn(before, "="), before, excerpt,
                           is_options(before) ? " is wrong:" : "", why);
}

char *carried_over_advise(const char *key, const char *value)
{
        for (size_t i = 0; i < ARRAY_SIZE(carried_over); i++) {
                if (strcasecmp(carried_over[i].name, key) != 0)
                        continue;
                if (!carried_over[i].before)
                        return text_format("; %s", carried_over[i].after);
                return *value ? advise(carried_over[i].before, value, carried_over[i].after) :
                                strdup("; remove the line, it has no value");
        }
        return strdup("");
}

void carried_over_check(const ConfigText *text, ConfigFaults *faults)
{
        const ConfigItem *min = NULL, *max = NULL;
        uint64_t min_khz, max_khz;
        CpupowerWhy why;

        for (size_t i = 0; i < text->n; i++) {
                const ConfigItem *item = &text->items[i];

                if (item->key && item->text && strcasecmp(item->key, "MIN_SPEED") == 0)
                        min = item;
                if (item->key && item->text && strcasecmp(item->key, "MAX_SPEED") == 0)
                        max = item;
        }
        if (min && max && cpupower_parse_frequency(min->text, &min_khz, why) == 0 &&
            cpupower_parse_frequency(max->text, &max_khz, why) == 0 && min_khz > max_khz)
                config_faults_remark(
                        faults, min->line > max->line ? min->line : max->line,
                        "the minimum of line %u is above the maximum of line %u; lower the one or raise the other",
                        min->line, max->line);
}
