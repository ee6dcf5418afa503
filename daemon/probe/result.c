/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>

#include "probe/result.h"

void probe_result_done(ProbeResult *result)
{
        free(result->cpus);
        *result = (ProbeResult) {};
}

int64_t probe_nsec(const ProbeResult *result, int64_t ticks)
{
        long double nsec = (long double)ticks * 1e6L / (long double)result->tsc_khz;

        return (int64_t)nsec + (nsec > (int64_t)nsec) - (nsec < (int64_t)nsec);
}

int64_t probe_bound_nsec(const ProbeResult *result)
{
        int64_t widest = 0;

        for (size_t i = 0; i < result->n; i++)
                for (size_t j = 0; j < result->n; j++) {
                        /* The reference's own track is empty: from 0 to 0. */
                        int64_t apart = result->cpus[i].track.last.high - result->cpus[j].track.last.low;

                        if (i != j && result->cpus[i].fate == PROBE_MEASURED &&
                            result->cpus[j].fate == PROBE_MEASURED && apart > widest)
                                widest = apart;
                }
        return probe_nsec(result, widest);
}

size_t probe_count(const ProbeResult *result, ProbeFate fate)
{
        size_t n = 0;

        for (size_t i = 0; i < result->n; i++)
                n += result->cpus[i].fate == fate;
        return n;
}

int probe_convicted(const ProbeResult *result, CpuSet *ret)
{
        CpuSet set = {};

        for (size_t i = 0; i < result->n; i++) {
                const ProbeCpu *cpu = &result->cpus[i];

                if (cpu->fate == PROBE_MEASURED && track_is_convicted(&cpu->track) && cpuset_add(&set, cpu->id) < 0) {
                        cpuset_done(&set);
                        return -ENOMEM;
                }
        }
        *ret = set;
        return 0;
}
