/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The CPUs that the last `tscwarden probe` of root convicted, in a file of the runtime directory: for tscwardend, which reads no JSON.
 */
#pragma once

#include <stdbool.h>

#define CONVICTED_FILE "convicted"

/* Some are. An unreadable list, or one that is none, convicts nobody. */
bool convicted_read(int dirfd);
/* Replaces the list: "1,3", "" for none. 0 or -errno. */
int convicted_write(int dirfd, const char *list);
