/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Strings and numbers the way the kernel takes them.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "host.h"

/* kstrtoull(): optional '+', base 0 knows 0x and 0, one trailing newline, nothing else. 0, -EINVAL, -ERANGE. */
int kernel_parse_uint(const char *text, unsigned base, uint64_t max, uint64_t *ret);
/* kstrtobool(). */
int kernel_parse_bool(const char *text, bool *ret);

/* A plain decimal of the host file or ctl. */
int parse_unsigned(const char *text, unsigned max, unsigned *ret);

/* "0-3,8" or "all"; set holds one flag per CPU. -EINVAL, also for a CPU that is not there. */
int parse_cpu_list(const char *text, unsigned n_cpus, bool *set);
/* cpumask's %pbl, without a newline. */
void print_cpu_list(FILE *out, const Host *host, bool (*member)(const Host *host, unsigned cpu));

/* "EIO" → EIO; -EINVAL. */
int parse_errno(const char *name);

/* Cuts blanks at both ends, in place. */
char *trim(char *text);
/* Next word, NULL at the end; advances *text and terminates the word. "…" holds blanks together; the quotes go. */
char *next_word(char **text);

int replace_string(char **where, const char *text);

int names_insert(NameList *list, size_t at, const char *name);
/* Index or -1. */
int names_find(const NameList *list, const char *name);
void names_remove(NameList *list, size_t at);
int names_split(NameList *list, const char *text, const char *separators);
void names_done(NameList *list);
/* Names with a blank after each, as most sysfs lists end. */
void names_print(FILE *out, const NameList *list);
