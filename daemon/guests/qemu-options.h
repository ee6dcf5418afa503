/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The common format of QEMU's options: `a=b,c`, with a comma in a value written as ",,". Pure.
 */
#pragma once

/* Returns the next part of *text: a heap string owned by the caller, NULL when out of memory. Moves *text behind it; to
 * NULL at the end. */
char *qemu_next_part(const char **text);
