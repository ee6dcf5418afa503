/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * cpupower's command line as a policy: "[-c LIST] frequency-set …", "idle-set …", "set -b … -e …", several separated by `;`.
 * tools/power/cpupower/utils is what decides how it is read; where cpupower does what nobody meant, it is refused here.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "model/policy.h"

/* "what; what would be right" */
#define CPUPOWER_WHY_SIZE 512
typedef char CpupowerWhy[CPUPOWER_WHY_SIZE];

/* The arguments that systemd makes of $VAR in an ExecStart= (src/basic/env-util.c replace_env_argv): separated by blanks, quotes and
 * backslashes taken away. One more rule of ours: an unquoted `;` is a word of its own, *ret_separators[i] tells it from a quoted one. */
typedef struct CpupowerWords {
        char **words; /* owned */
        bool *separators;
        unsigned n;
} CpupowerWords;

void cpupower_words_done(CpupowerWords *words);
#define _cleanup_cpupower_words_ _cleanup_(cpupower_words_done)

/* 0, -EINVAL: a quote or backslash that systemd would forgive, reterr_why says so; -ENOMEM. *ret untouched on failure. */
int cpupower_words_split(const char *text, CpupowerWords *ret, CpupowerWhy reterr_why);

/* Appends a rule per command to *policy, with `file` and `line` as where it stands. 0; -EINVAL: reterr_why says why; -ENOMEM.
 * *policy is untouched on failure. */
int cpupower_options_parse(const char *text, const char *file, unsigned line, Policy *policy, CpupowerWhy reterr_why);

/* A frequency in kHz. A number without a unit that is below 10 MHz is refused: nobody means it. 0; -EINVAL: reterr_fault says "what;
 * what would be right" as the end of a sentence. */
int cpupower_parse_frequency(const char *text, uint64_t *ret_khz, CpupowerWhy reterr_fault);

/* Whether a governor may have this name, whatever its length: what the kernel reads from sysfs is bytes without a blank
 * (drivers/cpufreq/cpufreq.c store_scaling_governor, find_governor), and a comma is somebody's idea of a list. Whether there is one of
 * that name is a matter of the host. */
bool governor_name_fits(const char *name, size_t length);

/* The values of single options, for files that have a key for each. 0; -EINVAL with reterr_fault as above; -ENOMEM. Each marks the rule
 * as having the key, at `line`. */
int cpupower_set_governor(PolicyRule *rule, unsigned line, const char *text, CpupowerWhy reterr_fault);
int cpupower_set_frequency(PolicyRule *rule, PolicyKey key, unsigned line, const char *text, CpupowerWhy reterr_fault);
int cpupower_set_epp(PolicyRule *rule, unsigned line, const char *text, CpupowerWhy reterr_fault);
int cpupower_set_perf_bias(PolicyRule *rule, unsigned line, const char *text, CpupowerWhy reterr_fault);
