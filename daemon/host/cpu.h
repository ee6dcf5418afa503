/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The seam to cpufreq and cpuidle.
 */
#pragma once

#include "model/knob.h"
#include "model/originals.h"
#include "model/policy.h"
#include "model/snapshot.h"

typedef struct CpuOps {
        /* Everything below /sys/devices/system/cpu we reason about. What one CPU refuses to say stands in its own
         * `error`. 0, -ENOMEM, or -errno when there is no such tree. *ret is the caller's (snapshot_done), untouched
         * on failure. */
        int (*enumerate)(void *userdata, Snapshot *ret);
        /* The value of one knob in sysfs' form, without the newline. 0 or -errno (-ENOENT, -ENODEV gone; -EBUSY
         * offline). */
        int (*read)(void *userdata, const KnobId *id, char buffer[static KNOB_VALUE_SIZE]);
        /* One write. 0: the kernel took it, which does not mean that it did it: read back. Or -errno: -EINVAL
         * refused, -EBUSY offline, -EPERM or -EACCES, -ENOENT, -ENODEV, -EIO. `cpu` is an online CPU of the policy
         * (libcpupower writes through cpuN/cpufreq), ignored for idle states. */
        int (*write)(void *userdata, const KnobId *id, unsigned cpu, const char *value);
} CpuOps;

/* Reads sysfs, writes through libcpupower; userdata NULL. */
extern const CpuOps cpu_ops;

/* Adds to a snapshot what only a few policies speak of, energy preferences, as far as this policy or the originals do: an ordinary
 * host is not asked. What cannot be read says so in its place. */
void cpu_read_energy(const CpuOps *ops, void *userdata, const Policy *policy, const Originals *originals,
                     Snapshot *snapshot);
