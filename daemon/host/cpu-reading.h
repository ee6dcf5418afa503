/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A reading of the whole host in slices, so that the event loop turns between them.
 */
#pragma once

#include <stdbool.h>

#include "base/cpuset.h"
#include "model/snapshot.h"

/* How far a reading in slices has come. All zero: it has not begun. */
typedef struct CpuReading {
        Snapshot snapshot;              /* as far as it was read */
        CpuSet cpus, domains;           /* to be read in all: CPUs, and the N of policyN */
        CpuSet online;                  /* when the reading began */
        unsigned next_cpu, next_domain; /* no smaller ones are left */
        bool begun, all_online;
} CpuReading;

/* As often as one likes; afterwards the reading has not begun. */
void cpu_reading_done(CpuReading *reading);
