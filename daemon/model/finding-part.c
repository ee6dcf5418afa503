/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/finding-part.h"

#include <errno.h>

/* All CPUs of the part's frequency domains: what is found about a domain is found about all its CPUs. */
static int add_domain_cpus(CpuSet *cpus, const SnapshotPart *part, const Snapshot *snapshot)
{
        int r = 0;

        for (int id = cpuset_next(&part->domains, 0); id >= 0 && r == 0;
             id = cpuset_next(&part->domains, (unsigned)id + 1)) {
                const FreqDomain *domain = snapshot_find_domain(snapshot, (unsigned)id);

                if (domain)
                        r = cpuset_add_all(cpus, &domain->related);
        }
        return r;
}

/* Takes the CPUs of `renewed` out of *cpus. Whether there were any. */
static bool take_out(CpuSet *cpus, const CpuSet *renewed)
{
        bool any = false;

        for (int cpu = cpuset_next(renewed, 0); cpu >= 0; cpu = cpuset_next(renewed, (unsigned)cpu + 1)) {
                any = any || cpuset_has(cpus, (unsigned)cpu);
                cpuset_remove(cpus, (unsigned)cpu);
        }
        return any;
}

bool findings_can_part(const Findings *findings, const SnapshotPart *part, const Snapshot *snapshot)
{
        _cleanup_cpuset_ CpuSet of_domains = {};

        if (add_domain_cpus(&of_domains, part, snapshot) < 0)
                return false;
        for (unsigned i = 0; i < findings->n; i++) {
                const Finding *finding = &findings->entries[i];
                _cleanup_cpuset_ CpuSet cpus = {};

                if (!finding_is_of_host(finding->kind) && cpuset_is_empty(&finding->cpus))
                        return false;
                if (!finding->object)
                        continue;
                if (cpuset_copy(&cpus, &finding->cpus) < 0 ||
                    take_out(&cpus, knob_is_of_domain(finding->knob) ? &of_domains : &part->cpus))
                        return false;
        }
        return true;
}

int findings_add_rest(Findings *findings, const Findings *before, const SnapshotPart *part, const Snapshot *snapshot)
{
        _cleanup_cpuset_ CpuSet of_domains = {};
        int r = add_domain_cpus(&of_domains, part, snapshot);

        for (unsigned i = 0; i < before->n && r == 0; i++) {
                const Finding *finding = &before->entries[i];
                _cleanup_cpuset_ CpuSet cpus = {};

                if (finding_is_of_host(finding->kind))
                        continue;
                r = cpuset_copy(&cpus, &finding->cpus);
                if (r < 0)
                        return r;
                (void)take_out(&cpus, knob_is_of_domain(finding->knob) ? &of_domains : &part->cpus);
                if (!cpuset_is_empty(&cpus))
                        r = findings_add(findings, finding, &cpus);
        }
        return r;
}
