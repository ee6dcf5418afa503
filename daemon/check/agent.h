/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * How QEMU's guest agent (qemu-ga(8)) is set up: how the host reaches it, and whether it allows the host to set the
 * clock.
 */
#pragma once

#include <stdbool.h>

/* Its file where no -c names another. */
#define AGENT_FILE "/etc/qemu/qemu-ga.conf"

typedef struct AgentFound {
        bool vsock; /* it listens on AF_VSOCK: libvirt does not ask there, the VMM's own tools may */
        const char *
                refuses; /* "guest-set-time" or "guest-get-time", a literal: it was told not to answer that; NULL for neither */
} AgentFound;

/* `arguments`: its command line with blanks between, perhaps cut; `file`: what stands in its file, NULL for none. An option on the
 * command line comes before the file's. */
void agent_judge(const char *arguments, const char *file, AgentFound *ret);
