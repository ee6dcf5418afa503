/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * How a guest's agent can be reached, from QEMU's command line. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/macro.h"

#define VM_UUID_SIZE 37

typedef struct VmAgent {
        bool libvirt;            /* libvirt started it, and holds its agent's socket */
        char uuid[VM_UUID_SIZE]; /* "" for none */
        char *socket;            /* the agent's, on which QEMU listens; owned, NULL for none */
} VmAgent;

void vm_agent_done(VmAgent *agent);
#define _cleanup_vm_agent_ _cleanup_(vm_agent_done)

/* `arguments` is /proc/PID/cmdline, as for vm_clock_parse(). 0 or -ENOMEM. *ret is the caller's (vm_agent_done), untouched on failure. */
int vm_agent_parse(const char *arguments, size_t size, VmAgent *ret);
