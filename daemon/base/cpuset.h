/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A set of CPU numbers; as text it has the kernel's notation ("0-3,8").
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/macro.h"

/* The kernel's largest NR_CPUS on x86 (CONFIG_MAXSMP, arch/x86/Kconfig). */
#define CPUSET_MAX 8192U

/* All zero is the empty set. Copy with cpuset_copy(); plain assignment moves ownership. */
typedef struct CpuSet {
        union {
                uint64_t *words; /* of 64 numbers each, owned */
                uint64_t word;   /* the only one, which most sets need */
        };
        unsigned first; /* how many words are left out before the first one, because they have no member */
        unsigned n_words;
} CpuSet;

void cpuset_done(CpuSet *set);
#define _cleanup_cpuset_ _cleanup_(cpuset_done)

/* 0, -ERANGE when cpu >= CPUSET_MAX, -ENOMEM. */
int cpuset_add(CpuSet *set, unsigned cpu);
/* Adds every member of `other`. 0 or -ENOMEM. */
int cpuset_add_all(CpuSet *set, const CpuSet *other);
/* Replaces *set by a copy of `other`. 0 or -ENOMEM (set unchanged). */
int cpuset_copy(CpuSet *set, const CpuSet *other);
void cpuset_remove(CpuSet *set, unsigned cpu);
/* Removes what is no member of `other`. */
void cpuset_keep(CpuSet *set, const CpuSet *other);
/* Removes every member of `other`. */
void cpuset_remove_all(CpuSet *set, const CpuSet *other);

bool cpuset_has(const CpuSet *set, unsigned cpu);
bool cpuset_is_empty(const CpuSet *set);
/* Whether the two have a member in common. */
bool cpuset_overlap(const CpuSet *a, const CpuSet *b);
bool cpuset_equal(const CpuSet *a, const CpuSet *b);
unsigned cpuset_count(const CpuSet *set);

/* The smallest member >= from, or -1 if there is none. A loop over a set: for (cpu = next(s, 0); cpu >= 0; cpu =
 * next(s, cpu + 1)). */
int cpuset_next(const CpuSet *set, unsigned from);

/* Parses a list as sysfs and cpupower write it (lib/bitmap.c bitmap_parselist;
 * tools/power/cpupower/utils/helpers/bitmask.c): "0-3,8", with cpupower's step "0-7:2". The empty text is the empty
 * set. 0, -EINVAL (not a list, reversed range, step 0), -ERANGE (cpu >= CPUSET_MAX), -ENOMEM. *ret is untouched on
 * failure; on success the caller owns it (cpuset_done). */
int cpuset_parse(const char *text, CpuSet *ret);

/* "0-3,8", "" for the empty set. Heap string owned by the caller, NULL when out of memory. */
char *cpuset_format(const CpuSet *set);
/* The same with its word: "CPU 3", "CPUs 0-3,8". */
char *cpuset_format_named(const CpuSet *set);
