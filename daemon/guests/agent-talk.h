/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A conversation with a guest's agent through the socket on which QEMU listens for it.
 */
#pragma once

#include <stdint.h>

/* What the agent answers to guest-get-time, with CLOCK_REALTIME in ns just before it was asked and just after. `pid` has to be the
 * process that listens on `socket`. 0, -ETIMEDOUT after `seconds`, -EMSGSIZE: what it says is no answer of an agent's; -EREMOTEIO: it
 * refuses, with *ret_error as of agent_reply_parse(); -ECONNRESET or -EPIPE: it was cut off; -EPERM: another process listens there; or the -errno
 * of connecting. Outputs are otherwise untouched on failure. */
int agent_ask_time(const char *socket, uint32_t pid, unsigned seconds, int64_t *ret_guest_nsec,
                   int64_t *ret_before_nsec, int64_t *ret_after_nsec, char **ret_error);
