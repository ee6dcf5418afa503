/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * When this host lost its TSC, in this boot and in earlier ones, from the journal.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/macro.h"

typedef struct Loss {
        uint64_t realtime_usec;
        bool this_boot;
        char *reason; /* both owned, escaped; "" when the entry does not have it */
        char *vms;    /* the virtual machines that ran */
} Loss;

typedef struct Losses {
        Loss *entries; /* oldest first; only the first of each boot */
        size_t n;
        uint64_t since_usec; /* CLOCK_REALTIME of the oldest entry in the journal; 0 unknown */
} Losses;

void losses_done(Losses *losses);
#define _cleanup_losses_ _cleanup_(losses_done)

/* Finds the entries that tscwardend logged as tsc-lost. 0; -EACCES: there is a journal, but we may not read it;
 * -ENOENT: there is none; -ENOMEM or another -errno. *ret is the caller's (losses_done), untouched on failure. */
int losses_read(Losses *ret);
