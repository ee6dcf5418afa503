/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The interface to cpufreq and cpuidle; tests replace it.
 */
#pragma once

#include "host/cpu-reading.h"
#include "host/drift-watch.h"
#include "model/knob.h"
#include "model/originals.h"
#include "model/policy.h"
#include "model/snapshot-part.h"
#include "model/snapshot.h"

typedef struct CpuOps {
        /* Reads everything below /sys/devices/system/cpu that the model uses. If something about a CPU cannot be read,
         * the CPU's `error` says so. 0, -ENOMEM, or -errno when there is no such tree. *ret is the caller's
         * (snapshot_done), untouched on failure. */
        int (*enumerate)(void *userdata, Snapshot *ret);
        /* The same in slices, each of `n` CPUs and domains at most. 1: there is more; 0: reading->snapshot has all;
         * -errno. */
        int (*read_some)(void *userdata, CpuReading *reading, unsigned n);
        /* Reads the CPUs of the part, as far as they exist, and its policies; adds to the part the policies that these
         * CPUs are in now. A policy that does not exist gets -ENOENT as its `error`. Otherwise as enumerate. */
        int (*read_part)(void *userdata, SnapshotPart *part, Snapshot *ret);
        /* Reads the value of one knob as sysfs shows it, without the newline. 0 or -errno (-ENOENT, -ENODEV: gone;
         * -EBUSY: offline). */
        int (*read)(void *userdata, const KnobId *id, char buffer[static KNOB_VALUE_SIZE]);
        /* Writes once. 0: the kernel accepted the write, which does not mean that the value is in force: `actual` gets
         * what was read back at once, or "" if read() has to do that. Or -errno: -EINVAL refused, -EBUSY offline,
         * -EPERM or -EACCES, -ENOENT, -ENODEV, -EIO. `cpu` is an online CPU of the domain (libcpupower writes through
         * cpuN/cpufreq), ignored for idle states. */
        int (*write)(void *userdata, const KnobId *id, unsigned cpu, const char *value,
                     char actual[static KNOB_VALUE_SIZE]);
        /* Opens the watch on writes by others than `write`. 0 or -errno as drift_watch_new(). */
        int (*watch)(void *userdata, DriftWatch **ret);
} CpuOps;

/* Reads sysfs and writes through libcpupower; userdata is NULL. */
extern const CpuOps cpu_ops;

/* Adds to a snapshot the energy preferences (EPP, EPB) that this policy or the originals use; on most hosts there are
 * none. Where a value cannot be read, the snapshot has the error instead. */
void cpu_read_energy(const CpuOps *ops, void *userdata, const Policy *policy, const Originals *originals,
                     Snapshot *snapshot);
