/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What all of QEMU's options have in common: `a=b,c` with "," written as ",,". Pure.
 */
#pragma once

/* The next part of *text: a heap string owned by the caller, NULL when out of memory. *text goes behind it, to NULL at the end. */
char *qemu_next_part(const char **text);
