/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Shared by the two halves of the host file's parser.
 */
#pragma once

#include "machine.h"

typedef struct HostFile {
        Machine *machine;
        const char *path;
        unsigned line, mistakes;
        bool has_cpus;
        /* Faults name files, which exist only after the last line. */
        struct {
                char *text;
                unsigned line;
        } * faults;
        size_t n_faults;
} HostFile;

void hostfile_complain(HostFile *f, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The first word as a set of CPUs; NULL after a complaint. The caller frees it. */
bool *hostfile_cpus(HostFile *f, char **args);

/* hostfile-cpu.c */
void hostfile_cpufreq(HostFile *f, char *args);
void hostfile_idle(HostFile *f, char *args);
