/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Asks a guest's agent for its time through the socket on which QEMU listens for it.
 */
#pragma once

#include <stdint.h>

/* Sends guest-get-time and returns the agent's answer, with CLOCK_REALTIME just before and just after, all in ns. `pid`
 * has to be the process that listens on `socket`. 0; -ETIMEDOUT after `seconds`; -EMSGSIZE: the answer is not one of an
 * agent; -EREMOTEIO: the agent refuses, with *ret_error as of agent_reply_parse(); -ECONNRESET or -EPIPE: the
 * connection was closed; -EPERM: another process listens there; or the -errno of connecting. Outputs are otherwise
 * untouched on failure. */
int agent_ask_time(const char *socket, uint32_t pid, unsigned seconds, int64_t *ret_guest_nsec,
                   int64_t *ret_before_nsec, int64_t *ret_after_nsec, char **ret_error);
