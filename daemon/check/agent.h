/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * How QEMU's guest agent (qemu-ga(8)) is set up: how the host reaches it, and whether it allows the host to set the
 * clock.
 */
#pragma once

#include <stdbool.h>

/* The file that qemu-ga reads unless its option -c names another one. */
#define AGENT_FILE "/etc/qemu/qemu-ga.conf"

typedef struct AgentFound {
        bool vsock;          /* qemu-ga listens on AF_VSOCK; libvirt does not ask there, tools of the VMM may */
        const char *refuses; /* the request that it is set up to refuse: "guest-set-time", "guest-get-time" or NULL */
} AgentFound;

/* Judges a running qemu-ga. `arguments` is its command line, separated by blanks and perhaps cut off; `file` is the
 * content of its file, NULL if there is none. An option of the command line overrides the file. */
void agent_judge(const char *arguments, const char *file, AgentFound *ret);
