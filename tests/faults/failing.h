/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Linked into a program, it lets the n-th allocation fail: malloc(), calloc() and realloc(), called by whichever
 * library. The program's environment may say which: FAILING_ALLOCATION=N for one, N+ for all from there on, and
 * FAILING_COUNT=FILE has it write how many there were to FILE when it ends.
 */
#pragma once

#include <stdbool.h>

/* From now on: the `first`th allocation fails, and with `rest` every later one. 0: none does. Starts to count at 0. */
void failing_start(unsigned long first, bool rest);
/* No allocation fails any more. How many there were since failing_start(). */
unsigned long failing_stop(void);
/* Between these two calls allocations are not counted and do not fail. */
void failing_pause(bool pause);
/* Whether one has failed since failing_start(). */
bool failing_has_failed(void);
