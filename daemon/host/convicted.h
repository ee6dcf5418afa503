/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The file `convicted` in the runtime directory: the CPUs that the last `tscwarden probe` of root convicted, as a list
 * that tscwardend can read without parsing JSON.
 */
#pragma once

#include <stdbool.h>

#define CONVICTED_FILE "convicted"

/* Whether some CPUs are convicted. False if the list is unreadable or malformed. */
bool convicted_read(int dirfd);
/* Replaces the list: "1,3", or "" for none. 0 or -errno. */
int convicted_write(int dirfd, const char *list);
