/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Reads cpupower's command line as a policy: "[-c LIST] frequency-set …", "idle-set …", "set -b … -e …", several
 * separated by `;`. The rules are those of tools/power/cpupower/utils, but a line whose effect in cpupower nobody can
 * have meant is refused.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "model/policy.h"

/* "what; what would be right" */
#define CPUPOWER_WHY_SIZE 512
typedef char CpupowerWhy[CPUPOWER_WHY_SIZE];

/* Splits into the arguments that systemd makes of $VAR in an ExecStart= (src/basic/env-util.c replace_env_argv):
 * separated by blanks, with quotes and backslashes removed. Our own rule in addition: an unquoted `;` is a separate
 * word, and *ret_separators[i] distinguishes it from a quoted one. */
typedef struct CpupowerWords {
        char **words; /* owned */
        bool *separators;
        unsigned n;
} CpupowerWords;

void cpupower_words_done(CpupowerWords *words);
#define _cleanup_cpupower_words_ _cleanup_(cpupower_words_done)

/* 0; -EINVAL: a quote or backslash that systemd would accept without closing, reterr_why says so; -ENOMEM. *ret
 * untouched on failure. */
int cpupower_words_split(const char *text, CpupowerWords *ret, CpupowerWhy reterr_why);

/* Appends one rule per command to *policy; `file` and `line` say where the command is written. 0; -EINVAL: reterr_why
 * says why; -ENOMEM. *policy is untouched on failure. */
int cpupower_options_parse(const char *text, const char *file, unsigned line, Policy *policy, CpupowerWhy reterr_why);

/* A frequency in kHz. A number without a unit that is below 10 MHz is refused, because nobody can mean it. 0; -EINVAL:
 * reterr_fault says "what; what would be right" as the end of a sentence. */
int cpupower_parse_frequency(const char *text, uint64_t *ret_khz, CpupowerWhy reterr_fault);

/* Whether a governor may have this name, whatever its length. The kernel reads bytes without a blank from sysfs
 * (drivers/cpufreq/cpufreq.c store_scaling_governor, find_governor); a comma shows that somebody meant a list. Whether
 * a governor of this name exists depends on the host. */
bool governor_name_fits(const char *name, size_t length);

/* Parses the value of a single option, for files with a key for each: all keys but POLICY_MAX_CSTATE and
 * POLICY_IDLE_SET. Marks the rule as having the key, at `line`. 0; -EINVAL with reterr_fault as above; -ENOMEM. */
int cpupower_set(PolicyRule *rule, PolicyKey key, unsigned line, const char *text, CpupowerWhy reterr_fault);

/* Writes the message and returns -EINVAL. */
int cpupower_refuse(CpupowerWhy reterr_why, const char *format, ...) _printf_(2, 3);
