/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Finds out from QEMU's command line how a guest's agent can be reached. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/macro.h"

#define VM_UUID_SIZE 37

typedef enum VmAgentPort {
        VM_AGENT_NONE,     /* QEMU has no port for an agent */
        VM_AGENT_SOCKET,   /* it can be reached through `socket` */
        VM_AGENT_HANDED,   /* QEMU got its socket as an open descriptor: the path is not known */
        VM_AGENT_NO_SOCKET /* the port leads elsewhere: a pipe, another host, a relative path, a program that listens */
} VmAgentPort;

typedef struct VmAgent {
        bool libvirt;            /* libvirt started QEMU, and uses its agent's socket */
        char uuid[VM_UUID_SIZE]; /* "" for none */
        VmAgentPort port;
        char *socket; /* the agent's, on which QEMU listens; owned, NULL for none */
} VmAgent;

void vm_agent_done(VmAgent *agent);
#define _cleanup_vm_agent_ _cleanup_(vm_agent_done)

/* `arguments` is /proc/PID/cmdline, as for vm_clock_parse(). 0 or -ENOMEM. *ret is the caller's (vm_agent_done),
 * untouched on failure. */
int vm_agent_parse(const char *arguments, size_t size, VmAgent *ret);
