/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/vms.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-login.h>
#include <unistd.h>

#include "base/log.h"
#include "base/macro.h"
#include "host/sysfs.h"
#include "model/vms.h"

/* TASK_COMM_LEN (include/linux/sched.h) */
#define COMM_SIZE 16

uint32_t vms_probe(void)
{
        /* Each VM, and each program that has /dev/kvm open, holds a reference. Where KVM is built into the kernel there
         * is no such count. */
        static const char *const files[] = { "/sys/module/kvm_intel/refcnt", "/sys/module/kvm_amd/refcnt" };
        uint32_t n = access("/sys/devices/virtual/misc/kvm", F_OK) == 0 ? VMS_UNKNOWN : 0;

        for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
                char value[24];

                if (sysfs_read_at(AT_FDCWD, files[i], value, sizeof(value)) < 0)
                        continue;
                if (strcmp(value, "0") != 0)
                        return VMS_UNKNOWN;
                n = 0;
        }
        return n;
}

char *vm_name_read(uint32_t pid)
{
        _cleanup_free_ char *unit = NULL;
        char path[sizeof("/proc//comm") + 10], comm[COMM_SIZE], *name = NULL;

        if (sd_pid_get_machine_name((pid_t)pid, &name) >= 0)
                return name;
        (void)snprintf(path, sizeof(path), "/proc/%u/comm", pid);
        if (sysfs_read_at(AT_FDCWD, path, comm, sizeof(comm)) < 0)
                return NULL;
        if (sd_pid_get_unit((pid_t)pid, &unit) < 0)
                return strdup(comm);
        return text_format("%s in %s", comm, unit);
}
