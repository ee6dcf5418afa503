/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Builds short texts piece by piece, for work that is done for each CPU: printf takes ten times as long. Append
 * further text with stpcpy(3).
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Digits of the longest number, with NUL. */
#define NUMBER_SIZE 21

/* Writes the number at `at`, a NUL behind, and returns where the NUL is. The caller has NUMBER_SIZE bytes of room, or fewer where the
 * number is known to be shorter. */
char *append_number(char *at, uint64_t number);
/* As much of `text` as fits into `size` bytes with its NUL. */
void copy_text(char *buffer, size_t size, const char *text);
