/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Collects what is wrong with a configuration file. The faults are found in any order and are kept in the order of the
 * lines.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/macro.h"

/* Of refusals and of remarks at most so many are kept; further ones are only counted. */
#define CONFIG_FAULTS_MAX 20U

typedef struct ConfigFault {
        unsigned line; /* 0: the whole file */
        bool refuses;  /* the file; otherwise it is a remark */
        bool foreign;  /* about a file that is not ours */
        char *text;    /* owned: "what; what would be right" */
} ConfigFault;

typedef struct ConfigFaults {
        ConfigFault *entries; /* by line, owned */
        unsigned n;
        unsigned n_refusals, n_remarks; /* counts also those that were not kept */
        int error;                      /* -ENOMEM once something could not be kept */
} ConfigFaults;

void config_faults_done(ConfigFaults *faults);
#define _cleanup_config_faults_ _cleanup_(config_faults_done)

/* Keeps the first CONFIG_FAULTS_MAX of each kind by line. */
void config_faults_add(ConfigFaults *faults, bool refuses, unsigned line, const char *format, ...) _printf_(4, 5);
#define config_faults_refuse(faults, line, ...) config_faults_add(faults, true, line, __VA_ARGS__)
#define config_faults_remark(faults, line, ...) config_faults_add(faults, false, line, __VA_ARGS__)

/* Makes each text a line for people: "FILE:LINE: what; what would be right", escaped; a last one counts those of a kind
 * that were not kept. 0, or -ENOMEM: then none is left. */
int config_faults_finish(ConfigFaults *faults, const char *file);
/* The faults of *from, finished and about a foreign file, go behind those of *to. 0 or -ENOMEM. */
int config_faults_move(ConfigFaults *to, ConfigFaults *from);

/* The beginning of `length` bytes of a text, with "..." when it is cut; returns the buffer. */
#define CONFIG_EXCERPT_SIZE 48
const char *config_excerpt(const char *text, size_t length, char buffer[static CONFIG_EXCERPT_SIZE]);
