/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Runs one program of the system and waits for its end.
 */
#pragma once

#include <limits.h>
#include <stdbool.h>

/* Looks in $PATH, then in /usr/sbin, /usr/bin, /sbin and /bin: an ordinary user's path lacks the first. */
bool tool_find(const char *name, char ret_path[static PATH_MAX]);

typedef enum ToolOutput {
        TOOL_SHOW,      /* stdout and stderr are ours */
        TOOL_TO_STDERR, /* both go to our stderr */
        TOOL_TAKE,      /* stdout is returned */
        TOOL_TAKE_ALL,  /* both are returned */
} ToolOutput;

/* argv[0] is found as above; stdin is /dev/null, the locale C. A program that takes longer than `seconds` is killed, with TOOL_SHOW and
 * TOOL_TO_STDERR all that it started too; to these SIGINT, SIGTERM and SIGHUP are passed on. *ret_status is
 * its exit status, 128 + the signal's number; *ret_output with TOOL_TAKE… what it printed, at most TOOL_OUTPUT_MAX bytes,
 * a NUL byte as '?', a heap string owned by the caller. It may be NULL with the others. 0, -ENOENT (no such program), -ETIMEDOUT,
 * -ENOBUFS, -ENOMEM or another -errno. Outputs are untouched on failure. */
#define TOOL_OUTPUT_MAX (1U << 20)
int tool_run(const char *const *argv, unsigned seconds, ToolOutput output, int *ret_status, char **ret_output);
