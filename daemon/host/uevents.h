/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Receives the uevents that the kernel itself sends (netlink group 1), so that no udevd has to run. The only file that
 * uses libudev.
 */
#pragma once

#include "base/macro.h"
#include "model/uevent.h"

typedef struct Uevents Uevents;

/* 0 or -errno. */
int uevents_new(Uevents **ret);
Uevents *uevents_free(Uevents *uevents);
DEFINE_CLEANUP(Uevents, uevents_free);

/* Readable when there is a message to receive. The descriptor still belongs to `uevents`. */
int uevents_get_fd(const Uevents *uevents);

/* Receives one message. 1: *ret is filled. 0: the message does not concern us. -EAGAIN: there is none for now.
 * -ENOBUFS: some were lost before this one. Or another -errno. */
int uevents_receive(Uevents *uevents, Uevent *ret);
