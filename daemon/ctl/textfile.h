/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Files that other programs collect: they are replaced in one step.
 */
#pragma once

#include <stddef.h>

/* Replaces `path`; NULL and "-" are standard output. CTL_FINE, or CTL_NO_ANSWER: told on stderr. */
int textfile_write(const char *path, const char *text, size_t size);
