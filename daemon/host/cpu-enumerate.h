/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Reads CPUs, frequency policies and idle states below /sys/devices/system/cpu.
 */
#pragma once

#include "host/cpu-reading.h"
#include "model/snapshot-part.h"
#include "model/snapshot.h"

/* The same as PATH_TO_CPU in tools/power/cpupower/lib/cpupower_intern.h, which libcpupower's writes use. */
#define CPU_ROOT "/sys/devices/system/cpu"

/* As CpuOps.read_some (host/cpu.h). */
int cpu_read_some(CpuReading *reading, unsigned n);
/* As CpuOps.enumerate and, with a `part`, CpuOps.read_part (host/cpu.h). */
int cpu_enumerate(SnapshotPart *part, Snapshot *ret);
