/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Reads configuration files of other programs line by line.
 */
#pragma once

#include <glob.h>
#include <stdbool.h>

#include "base/macro.h"

#define _cleanup_glob_ _cleanup_(globfree)

bool file_exists(const char *path);

/* Adds the paths that match `pattern`, sorted by name; *ret is the caller's (globfree). 0, also if there is none, or
 * -ENOMEM. */
int files_find(const char *pattern, glob_t *ret);

/* Gets a line without its end-of-line characters and may change it. 0: go on with the next line. */
typedef int (*LineHandler)(const char *path, char *line, void *userdata);

/* Calls the handler for each line of a file until it returns something else than 0, and returns that. 0 also if the
 * file cannot be read. */
int file_read_lines(const char *path, LineHandler handler, void *userdata);
/* The same for every file that matches a pattern, sorted by name. Also -ENOMEM. */
int files_read_lines(const char *pattern, LineHandler handler, void *userdata);
