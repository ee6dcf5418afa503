/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Builds short texts piece by piece, for work that is done for each CPU, because printf takes ten times as long.
 * Further text is appended with stpcpy(3).
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Room for the longest number with its NUL. */
#define NUMBER_SIZE 21

/* Writes the number and a NUL at `at`, and returns the position of the NUL. The caller has NUMBER_SIZE bytes of room,
 * or fewer if the number is known to be shorter. */
char *append_number(char *at, uint64_t number);
/* Copies as much of `text` as fits into `size` bytes with a NUL. */
void copy_text(char *buffer, size_t size, const char *text);
