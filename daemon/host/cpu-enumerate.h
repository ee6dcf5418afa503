/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Reads what stands below /sys/devices/system/cpu.
 */
#pragma once

#include "model/snapshot.h"

/* As PATH_TO_CPU in tools/power/cpupower/lib/cpupower_intern.h, where the writes go. */
#define CPU_ROOT "/sys/devices/system/cpu"

/* As CpuOps.enumerate (host/cpu.h). */
int cpu_enumerate(Snapshot *ret);
