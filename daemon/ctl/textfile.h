/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Files that other programs collect. They are replaced atomically.
 */
#pragma once

/* Replaces the file `path`; NULL and "-" mean standard output. Frees `content`; NULL: there was no memory for it.
 * CTL_FINE, or CTL_NO_ANSWER after a message on stderr. */
int textfile_write(const char *path, char *content);
