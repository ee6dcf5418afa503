/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/macro.h"
#include "base/parse.h"
#include "model/cpupower-options.h"
#include "model/snapshot.h"

#define DIGITS "0123456789"
#define NAME_CHARS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-" DIGITS

int cpupower_refuse(CpupowerWhy reterr_why, const char *format, ...)
{
        va_list args;

        va_start(args, format);
        vsnprintf(reterr_why, CPUPOWER_WHY_SIZE, format, args);
        va_end(args);
        return -EINVAL;
}

bool governor_name_fits(const char *name, size_t length)
{
        for (size_t i = 0; i < length; i++)
                if (name[i] == ',' || (unsigned char)name[i] <= ' ' || name[i] == 0x7f)
                        return false;
        return length > 0;
}

/* cpupower itself sends only names of letters, '_' and '-' (tools/power/cpupower/lib/cpufreq.c verify_gov). The kernel
 * accepts the names that it knows, in upper or lower case, and reads back its own spelling. */
static int set_governor(PolicyRule *rule, const char *text, CpupowerWhy reterr_fault)
{
        char **governors;

        if (rule->has[POLICY_GOVERNOR])
                return cpupower_refuse(reterr_fault,
                                       "asks for a second governor (-f is userspace); keep one of -f and -g");
        if (strchr(text, '|'))
                return cpupower_refuse(
                        reterr_fault,
                        "is a list, which cpupower does not know; write one name here, or GOVERNOR=a|b in tscwarden's "
                        "own file instead");
        if (!governor_name_fits(text, strlen(text)))
                return cpupower_refuse(reterr_fault, "is not the name of a governor; write one like performance");
        if (strlen(text) >= SNAPSHOT_NAME_SIZE)
                return cpupower_refuse(reterr_fault,
                                       "has more than 15 characters; no governor of the kernel has so long a name");
        governors = calloc(2, sizeof(char *));
        if (!governors || !(governors[0] = strdup(text))) {
                free(governors);
                return -ENOMEM;
        }
        rule->governors = governors;
        return 0;
}

/* "1.8 GHz" -> "1.8GHz" into `joined` when that is a frequency. */
static bool is_frequency_with_blanks(const char *text, char joined[static KNOB_VALUE_SIZE])
{
        uint64_t khz;
        size_t n = 0;

        for (; *text && n < KNOB_VALUE_SIZE - 1; text++)
                if (*text != ' ' && *text != '\t')
                        joined[n++] = *text;
        joined[n] = '\0';
        return !*text && parse_frequency(joined, &khz) == 0;
}

/* Slower than any CPU, so the author has left out the unit. */
#define BARE_KHZ_MIN 10000U

int cpupower_parse_frequency(const char *text, uint64_t *ret_khz, CpupowerWhy reterr_fault)
{
        char joined[KNOB_VALUE_SIZE];
        uint64_t khz;
        int r = parse_frequency(text, &khz);

        if (r == -ERANGE && !strpbrk(text, "123456789"))
                return cpupower_refuse(reterr_fault,
                                       "is no frequency; comment it out or leave it out where no limit is meant");
        if (r == -ERANGE)
                return cpupower_refuse(reterr_fault,
                                       "is out of range; write a frequency up to 1THz, like 2.4GHz or 2400000 (kHz)");
        if (r < 0 && is_frequency_with_blanks(text, joined))
                return cpupower_refuse(reterr_fault, "has a blank before its unit; write %s", joined);
        if (r < 0)
                return cpupower_refuse(
                        reterr_fault,
                        "is not a frequency; write it like 2.4GHz, 2400MHz or 2400000 (kHz), without a blank");
        if (khz < BARE_KHZ_MIN && !text[strspn(text, DIGITS ".")])
                return cpupower_refuse(
                        reterr_fault, "has no unit and so counts in kHz, where no CPU is that slow; did you mean %s%s?",
                        text, khz < 10 ? "GHz" : "MHz");
        *ret_khz = khz;
        return 0;
}

static int set_epp(PolicyRule *rule, const char *text, CpupowerWhy reterr_fault)
{
        if (strcasecmp(text, "default") == 0)
                return cpupower_refuse(
                        reterr_fault,
                        "reads back as another name, so tscwarden could not check it; write the preference that it "
                        "means, like balance_performance");
        if (!*text || strlen(text) >= KNOB_VALUE_SIZE || text[strspn(text, NAME_CHARS)])
                return cpupower_refuse(
                        reterr_fault,
                        "is not an energy performance preference; write one like performance or balance_power, or 0 to "
                        "255");
        rule->epp = strdup(text);
        return rule->epp ? 0 : -ENOMEM;
}

static int set_perf_bias(PolicyRule *rule, const char *text, CpupowerWhy reterr_fault)
{
        if (parse_unsigned(text, 0, 15, &rule->perf_bias) < 0)
                return cpupower_refuse(reterr_fault,
                                       "is not a bias; write a number from 0 (performance) to 15 (power saving)");
        return 0;
}

static int set_value(PolicyRule *rule, PolicyKey key, unsigned line, const char *text, CpupowerWhy reterr_fault)
{
        int r;

        switch (key) {
        case POLICY_GOVERNOR:
                return set_governor(rule, text, reterr_fault);
        case POLICY_MIN_FREQ:
                return cpupower_parse_frequency(text, &rule->min_khz, reterr_fault);
        case POLICY_MAX_FREQ:
                return cpupower_parse_frequency(text, &rule->max_khz, reterr_fault);
        case POLICY_FREQ:
                r = cpupower_parse_frequency(text, &rule->speed_khz, reterr_fault);
                /* As lib/cpufreq.c cpufreq_set_frequency() does. */
                return r < 0 ? r : cpupower_set(rule, POLICY_GOVERNOR, line, "userspace", reterr_fault);
        case POLICY_EPP:
                return set_epp(rule, text, reterr_fault);
        default:
                return set_perf_bias(rule, text, reterr_fault);
        }
}

int cpupower_set(PolicyRule *rule, PolicyKey key, unsigned line, const char *text, CpupowerWhy reterr_fault)
{
        int r = set_value(rule, key, line, text, reterr_fault);

        if (r < 0)
                return r;
        rule->has[key] = true;
        rule->lines[key] = line;
        return 0;
}
