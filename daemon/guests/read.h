/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Reads KVM's virtual machines from /proc and debugfs. debugfs is no stable interface, so a file that is missing or
 * looks different counts as not known.
 */
#pragma once

#include "guests/judge.h"

typedef struct Guests {
        Guest *entries; /* by name, then pid */
        size_t n;
} Guests;

void guests_done(Guests *guests);
#define _cleanup_guests_ _cleanup_(guests_done)

/* `kvm` is a descriptor of /sys/kernel/debug/kvm, `proc` of /proc. A VM that ends meanwhile is left out, or is in the
 * list with what was read. 0, -ENOMEM, or the -errno of listing `kvm`. *ret is the caller's (guests_done), untouched on
 * failure. */
int guests_read(int kvm, int proc, Guests *ret);
