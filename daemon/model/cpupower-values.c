/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/macro.h"
#include "base/parse.h"
#include "model/cpupower-options.h"
#include "model/snapshot.h"

#define NAME_CHARS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-"

/* libcpupower sends letters, '_' and '-' (tools/power/cpupower/lib/cpufreq.c verify_gov), the kernel takes them in any case
 * (drivers/cpufreq/cpufreq.c find_governor) and reads back its own: lower. */
int cpupower_set_governor(PolicyRule *rule, unsigned line, const char *text, const char **reterr_fault)
{
        char **governors;

        if (rule->has[POLICY_GOVERNOR]) {
                *reterr_fault = "asks for a second governor (-f is userspace); keep one of -f and -g";
                return -EINVAL;
        }
        if (strlen(text) < 3 || text[strspn(text, NAME_CHARS)]) {
                *reterr_fault = strchr(text, '|') ? "is a list, which cpupower does not know; write one name here, or "
                                                    "GOVERNOR=a|b in tscwarden's own file instead" :
                                                    "is not the name of a governor; write one like performance";
                return -EINVAL;
        }
        if (strlen(text) >= SNAPSHOT_NAME_SIZE) {
                *reterr_fault = "has more than 15 characters; the kernel knows no such governor";
                return -EINVAL;
        }
        governors = calloc(2, sizeof(char *));
        if (!governors || !(governors[0] = strdup(text))) {
                free(governors);
                return -ENOMEM;
        }
        for (char *c = governors[0]; *c; c++)
                *c = (char)tolower((unsigned char)*c);
        rule->governors = governors;
        rule->has[POLICY_GOVERNOR] = true;
        rule->lines[POLICY_GOVERNOR] = line;
        return 0;
}

int cpupower_set_frequency(PolicyRule *rule, PolicyKey key, unsigned line, const char *text, const char **reterr_fault)
{
        uint64_t *khz = key == POLICY_MIN_FREQ ? &rule->min_khz :
                        key == POLICY_MAX_FREQ ? &rule->max_khz :
                                                 &rule->speed_khz;
        int r = parse_frequency(text, khz);

        if (r < 0) {
                *reterr_fault =
                        r == -ERANGE ?
                                "is out of range; write a frequency up to 1THz, like 2.4GHz or 2400000 (kHz)" :
                                "is not a frequency; write it like 2.4GHz, 2400MHz or 2400000 (kHz), without a blank";
                return -EINVAL;
        }
        /* As lib/cpufreq.c cpufreq_set_frequency() does it. */
        if (key == POLICY_FREQ) {
                r = cpupower_set_governor(rule, line, "userspace", reterr_fault);
                if (r < 0)
                        return r;
        }
        rule->has[key] = true;
        rule->lines[key] = line;
        return 0;
}

int cpupower_set_epp(PolicyRule *rule, unsigned line, const char *text, const char **reterr_fault)
{
        if (strcasecmp(text, "default") == 0) {
                *reterr_fault =
                        "reads back as another name, so nobody can tell whether it holds; write the preference it "
                        "stands for, like balance_performance";
                return -EINVAL;
        }
        if (!*text || strlen(text) >= KNOB_VALUE_SIZE || text[strspn(text, NAME_CHARS "0123456789")]) {
                *reterr_fault =
                        "is not an energy performance preference; write one like performance or balance_power, or 0 "
                        "to 255";
                return -EINVAL;
        }
        rule->epp = strdup(text);
        if (!rule->epp)
                return -ENOMEM;
        rule->has[POLICY_EPP] = true;
        rule->lines[POLICY_EPP] = line;
        return 0;
}

int cpupower_set_perf_bias(PolicyRule *rule, unsigned line, const char *text, const char **reterr_fault)
{
        if (parse_unsigned(text, 0, 15, &rule->perf_bias) < 0) {
                *reterr_fault = "is not a bias; write a number from 0 (performance) to 15 (power saving)";
                return -EINVAL;
        }
        rule->has[POLICY_PERF_BIAS] = true;
        rule->lines[POLICY_PERF_BIAS] = line;
        return 0;
}
