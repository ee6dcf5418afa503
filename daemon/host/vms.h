/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Finds out about KVM's virtual machines what KVM's uevents do not tell.
 */
#pragma once

#include <stdint.h>

/* How many run now: 0 if the reference counts of KVM's modules prove that there is none, else VMS_UNKNOWN. */
uint32_t vms_probe(void);

/* A name for the VM that the task `pid` created: the one that systemd-machined has for it, or the program and its unit
 * ("qemu-kvm in vm.service"). Not escaped. Heap string owned by the caller; NULL: the task has ended, or out of
 * memory. */
char *vm_name_read(uint32_t pid);
