/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A configuration after it was read.
 */
#pragma once

#include <stdbool.h>

#include "base/macro.h"
#include "model/facts.h"
#include "model/need.h"
#include "model/policy.h"

typedef enum ApplyWhen { APPLY_WHEN_ALWAYS, APPLY_WHEN_GUESTS } ApplyWhen;
typedef enum DriftMode { DRIFT_REPAIR, DRIFT_REPORT } DriftMode;
typedef enum StopMode { STOP_RESTORE, STOP_KEEP } StopMode;

/* CPUPOWER_START_OPTS and the like, in the order in which they take effect: that of several ExecStart= lines, with
 * which sites run the …_IDLE_OPTS after the …_OPTS. */
typedef enum OptionKey {
        OPTION_START,
        OPTION_START_IDLE,
        OPTION_STOP,
        OPTION_STOP_IDLE,
        OPTION_MAX_,
} OptionKey;

typedef struct OptionText {
        char *text; /* owned; NULL: none */
        unsigned line;
} OptionText;

typedef struct Config {
        char *file;  /* owned: the path asked for */
        bool exists; /* a missing file is the recommended, empty one */
        ApplyMode apply;
        ApplyWhen apply_when;
        DriftMode drift;
        StopMode on_stop;
        unsigned apply_line, apply_when_line, drift_line, on_stop_line; /* 0: built-in default */
        OptionText options[OPTION_MAX_];
        Policy policy;      /* begins with the built-in rule, as far as that holds */
        Policy stop_policy; /* of CPUPOWER_STOP_OPTS */
        Halves filled;      /* halves that the options or the foreign file do not set: the built-in rule holds */
        bool sets_policy;   /* the file itself has a policy key, or CPUPOWER_START_OPTS */
        char *policy_file;  /* owned: the foreign file that supplies the policy; NULL: none does */
        char **files;       /* owned: those that were read, ours first */
        unsigned n_files;
} Config;

void config_done(Config *config);
#define _cleanup_config_ _cleanup_(config_done)

/* Replaces the policy by *from. For each half of which *from says nothing, the built-in rule holds. 0 or -ENOMEM. */
int config_take_policy(Config *config, Policy *from);

/* The halves that our own file sets but APPLY=auto does not apply, because the CPUs do not need them. */
Halves config_find_unused(const Config *config, const Facts *facts);

/* Appends to `files`. 0 or -ENOMEM. */
int config_add_file(Config *config, const char *path);

/* The values of the enumerations as the file has them, in the order of each enum, NULL-terminated. */
extern const char *const apply_mode_names[], *const apply_when_names[], *const drift_mode_names[],
                                                                                *const stop_mode_names[];

const char *apply_mode_to_string(ApplyMode mode);
const char *apply_when_to_string(ApplyWhen when);
const char *drift_mode_to_string(DriftMode mode);
const char *stop_mode_to_string(StopMode mode);
