/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Virtual machines that KVM seems to run on the made host: for each a process
 * that looks like QEMU, and KVM's folder in debugfs.
 */
#pragma once

#include "hostfile.h"

/* The directive `vm`. */
void hostfile_vm(HostFile *f, char *args);

/* In the command's mount namespace: lays a debugfs of plain files over
 * /sys/kernel/debug and starts the processes, which end with their parent. 0,
 * or -1 after a complaint. */
int vms_start(const Host *host);
/* What such a process is, when this program is started as one: it waits for its
 * end. Returns only in another process. */
void vm_pretend(void);

void vms_free(Host *host);
