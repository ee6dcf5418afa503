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

bool findings_can_part(const Findings *findings, const SnapshotPart *part, const Snapshot *snapshot)
{
        _cleanup_cpuset_ CpuSet of_domains = {};

        if (add_domain_cpus(&of_domains, part, snapshot) < 0)
                return false;
        for (unsigned i = 0; i < findings->n; i++) {
                const Finding *finding = &findings->entries[i];
                const CpuSet *renewed = knob_is_of_domain(finding->knob) ? &of_domains : &part->cpus;

                if (!finding_is_of_host(finding->kind) && cpuset_is_empty(&finding->cpus))
                        return false;
                if (finding->object && cpuset_overlap(&finding->cpus, renewed))
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
                cpuset_remove_all(&cpus, knob_is_of_domain(finding->knob) ? &of_domains : &part->cpus);
                if (!cpuset_is_empty(&cpus))
                        r = findings_add(findings, finding, &cpus);
        }
        return r;
}
