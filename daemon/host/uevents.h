/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The kernel's own uevents (netlink group 1), which need no udevd. The only file that knows libudev.
 */
#pragma once

#include "base/macro.h"
#include "model/uevent.h"

typedef struct Uevents Uevents;

/* 0 or -errno. */
int uevents_new(Uevents **ret);
Uevents *uevents_free(Uevents *uevents);
DEFINE_CLEANUP(Uevents, uevents_free);

/* Readable when there is something to receive. Stays the Uevents'. */
int uevents_get_fd(const Uevents *uevents);

/* One message: 1 and *ret; 0 it does not concern us; -EAGAIN there is none for now; -ENOBUFS some were lost before this one;
 * other -errno. */
int uevents_receive(Uevents *uevents, Uevent *ret);
