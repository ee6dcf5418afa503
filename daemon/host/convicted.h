/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The CPUs that root's last `tscwarden probe` convicted, in a file of the runtime directory that tscwardend can read
 * without JSON.
 */
#pragma once

#include <stdbool.h>

#define CONVICTED_FILE "convicted"

/* Whether some CPUs are convicted. False if the list is unreadable or malformed. */
bool convicted_read(int dirfd);
/* Replaces the list: "1,3", or "" for none. 0 or -errno. */
int convicted_write(int dirfd, const char *list);
