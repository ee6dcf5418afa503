/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The configuration: KEY=value as systemd's EnvironmentFile= reads it, with [cpus LIST] sections, from a file of our own;
 * where that sets no policy, what to apply comes from the files of cpupower.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/macro.h"
#include "model/need.h"
#include "model/policy.h"

typedef enum ApplyWhen { APPLY_WHEN_ALWAYS, APPLY_WHEN_GUESTS } ApplyWhen;
typedef enum DriftMode { DRIFT_REPAIR, DRIFT_REPORT } DriftMode;
typedef enum StopMode { STOP_RESTORE, STOP_KEEP } StopMode;

typedef struct Config {
        char *file;  /* owned: the path asked for */
        bool exists; /* a missing file is the recommended, empty one */
        ApplyMode apply;
        ApplyWhen apply_when;
        DriftMode drift;
        StopMode on_stop;
        unsigned apply_line, apply_when_line, drift_line, on_stop_line; /* 0: built-in default */
        char *start_opts, *start_idle_opts, *stop_opts, *stop_idle_opts; /* owned; CPUPOWER_*, or NULL */
        unsigned start_opts_line, start_idle_opts_line, stop_opts_line, stop_idle_opts_line;
        Policy policy;      /* begins with the built-in rule, as far as that holds */
        Policy stop_policy; /* of CPUPOWER_STOP_OPTS */
        bool sets_policy;   /* the file itself has a policy key, or CPUPOWER_START_OPTS */
        char *policy_file;  /* owned: the foreign file that supplies the policy; NULL: none does */
        char **files;       /* owned: those that were read, ours first */
        unsigned n_files;
} Config;

/* What is wrong with a file: "FILE:LINE: what; what would be right", one line each, in the order of the file, escaped.
 * At most 20 refusals and 20 remarks, then "and N more". */
typedef struct ConfigErrors {
        char **lines; /* owned */
        unsigned n;
        unsigned n_refusals; /* faults that refuse the file, all that were found; the rest are remarks */
} ConfigErrors;

void config_done(Config *config);
void config_errors_done(ConfigErrors *errors);
#define _cleanup_config_ _cleanup_(config_done)
#define _cleanup_config_errors_ _cleanup_(config_errors_done)

/* Reads and judges a file without looking at the host. 0: *ret is the caller's; errors may hold remarks.
 * -EBADMSG: refused, errors says why. Other -errno: could not be read; errors says so too, except for -ENOMEM and for
 * -EILSEQ: this inih gives back other lines than it was fed. *ret is untouched on failure; *ret_errors must be empty
 * before and is the caller's after. */
int config_load(const char *path, Config *ret, ConfigErrors *ret_errors);
/* The same with other foreign files to look for, NULL-terminated. */
int config_load_with(const char *path, const char *const *foreign, Config *ret, ConfigErrors *ret_errors);
/* Appends to `files`. 0 or -ENOMEM. */
int config_add_file(Config *config, const char *path);
/* Our own file alone, `size` bytes that are at hand; `file` is their name in messages and in the Config.
 * 0, -EBADMSG, -ENOMEM, -EILSEQ. */
int config_parse(const char *file, const char *data, size_t size, Config *ret, ConfigErrors *ret_errors);

const char *apply_mode_to_string(ApplyMode mode);
const char *apply_when_to_string(ApplyWhen when);
const char *drift_mode_to_string(DriftMode mode);
const char *stop_mode_to_string(StopMode mode);
