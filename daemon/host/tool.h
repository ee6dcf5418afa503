/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Runs a program of the system and waits until it has ended.
 */
#pragma once

#include <limits.h>
#include <stdbool.h>

/* Looks in $PATH, then in /usr/sbin, /usr/bin, /sbin and /bin, because the $PATH of an ordinary user has no
 * /usr/sbin. */
bool tool_find(const char *name, char ret_path[static PATH_MAX]);

typedef enum ToolOutput {
        TOOL_SHOW,      /* it writes to our stdout and stderr */
        TOOL_TO_STDERR, /* it writes both to our stderr */
        TOOL_TAKE,      /* stdout is returned */
        TOOL_TAKE_ALL,  /* both are returned */
} ToolOutput;

/* Runs argv[0], found as above, with stdin from /dev/null and the locale C. Kills it after `seconds`. With TOOL_SHOW
 * and TOOL_TO_STDERR it kills everything that the program started, too, and passes SIGINT, SIGTERM and SIGHUP on to all
 * of them. *ret_status is the exit status, or 128 + the signal's number. With TOOL_TAKE and TOOL_TAKE_ALL, *ret_output
 * is what the program printed, at most TOOL_OUTPUT_MAX bytes, each NUL byte as '?': a heap string owned by the caller.
 * With the others ret_output may be NULL. 0, -ENOENT (no such program), -ETIMEDOUT, -ENOBUFS (it printed more), -ENOMEM
 * or another -errno. Outputs are untouched on failure. */
#define TOOL_OUTPUT_MAX (1U << 20)
int tool_run(const char *const *argv, unsigned seconds, ToolOutput output, int *ret_status, char **ret_output);
