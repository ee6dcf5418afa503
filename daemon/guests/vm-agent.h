/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * How a guest's agent can be reached, according to QEMU's command line. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/macro.h"

#define VM_UUID_SIZE 37

typedef enum VmAgentPort {
        VM_AGENT_NONE,   /* QEMU was given no port for an agent */
        VM_AGENT_SOCKET, /* `socket` is the way to it */
        VM_AGENT_HANDED, /* QEMU was handed its socket open: the path stands nowhere */
        VM_AGENT_NO_SOCKET /* it leads elsewhere: to a pipe, another host, a relative path, a program that listens itself */
} VmAgentPort;

typedef struct VmAgent {
        bool libvirt;            /* libvirt started it, and holds its agent's socket */
        char uuid[VM_UUID_SIZE]; /* "" for none */
        VmAgentPort port;
        char *socket; /* the agent's, on which QEMU listens; owned, NULL for none */
} VmAgent;

void vm_agent_done(VmAgent *agent);
#define _cleanup_vm_agent_ _cleanup_(vm_agent_done)

/* `arguments` is /proc/PID/cmdline, as for vm_clock_parse(). 0 or -ENOMEM. *ret is the caller's (vm_agent_done), untouched on failure. */
int vm_agent_parse(const char *arguments, size_t size, VmAgent *ret);
