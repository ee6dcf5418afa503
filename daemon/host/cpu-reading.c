/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/cpu-reading.h"

void cpu_reading_done(CpuReading *reading)
{
        snapshot_done(&reading->snapshot);
        cpuset_done(&reading->cpus);
        cpuset_done(&reading->online);
        cpuset_done(&reading->domains);
        *reading = (CpuReading) {};
}
