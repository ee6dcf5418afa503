/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Another program's answer.
 */
#pragma once

#define PROGRAM_OUTPUT_MAX 65536

/* Runs argv[0], found in $PATH, with C's locale and no input. *ret_output is what it printed on both streams, a heap
 * string owned by the caller, cut at PROGRAM_OUTPUT_MAX; a NUL byte ends it. After `timeout_msec` it is killed.
 * Returns its exit status, or -ENOENT (no such program), -ETIMEDOUT, -EPIPE (ended by a signal), -ENOMEM or another
 * -errno; then *ret_output is untouched. */
int program_run(const char *const *argv, unsigned timeout_msec, char **ret_output);
