/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What can be known about KVM's virtual machines in addition to its uevents.
 */
#pragma once

#include <stdint.h>

/* How many run now, as far as KVM's modules tell: 0, or VMS_UNKNOWN. */
uint32_t vms_probe(void);

/* What to call the VM whose creator is this task: the name systemd-machined has for it, or the program and its unit. Unescaped.
 * Heap string owned by the caller; NULL: it is gone, or out of memory. */
char *vm_name_read(uint32_t pid);
