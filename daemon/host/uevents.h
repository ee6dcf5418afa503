/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Receives the uevents that the kernel itself sends, so that no udevd has to run. sd-device hears only what udevd
 * sends. libudev hears the kernel too, but takes some 150 KiB of memory, and each message is filtered here anyway.
 */
#pragma once

#include "model/uevent.h"

/* A socket that is readable when there is a message to receive; close(2) it. 0 or -errno. */
int uevents_open(int *ret_fd);

/* Receives one message. 1: *ret is filled. 0: the message does not concern us. -EAGAIN: there is none for now.
 * -ENOBUFS: some were lost before this one. Or another -errno. */
int uevents_receive(int fd, Uevent *ret);
