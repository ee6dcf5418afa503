/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/snapshot-part.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/macro.h"

void snapshot_part_done(SnapshotPart *part)
{
        cpuset_done(&part->cpus);
        cpuset_done(&part->domains);
}

bool snapshot_part_is_empty(const SnapshotPart *part)
{
        return cpuset_is_empty(&part->cpus) && cpuset_is_empty(&part->domains);
}

int snapshot_part_copy(SnapshotPart *part, const SnapshotPart *other)
{
        _cleanup_snapshot_part_ SnapshotPart copy = {};

        if (cpuset_copy(&copy.cpus, &other->cpus) < 0 || cpuset_copy(&copy.domains, &other->domains) < 0)
                return -ENOMEM;
        snapshot_part_done(part);
        *part = TAKE_STRUCT(copy);
        return 0;
}

int snapshot_part_add(SnapshotPart *part, const KnobId *id)
{
        return cpuset_add(knob_is_of_domain(id->knob) ? &part->domains : &part->cpus, id->id);
}

int snapshot_part_of(const Snapshot *whole, const CpuSet *cpus, SnapshotPart *ret)
{
        _cleanup_snapshot_part_ SnapshotPart part = {};
        int r = cpuset_copy(&part.cpus, cpus);

        for (unsigned i = 0; i < whole->n_domains && r == 0; i++) {
                const FreqDomain *domain = &whole->domains[i];

                if (cpuset_overlap(&domain->related, cpus))
                        r = cpuset_add(&part.domains, domain->id);
        }
        if (r < 0)
                return r;
        *ret = TAKE_STRUCT(part);
        return 0;
}

bool snapshot_part_has(const SnapshotPart *part, const KnobId *id)
{
        return cpuset_has(knob_is_of_domain(id->knob) ? &part->domains : &part->cpus, id->id);
}

static bool fits(const Snapshot *whole, const SnapshotPart *part, const Snapshot *read)
{
        for (int cpu = cpuset_next(&part->cpus, 0); cpu >= 0; cpu = cpuset_next(&part->cpus, (unsigned)cpu + 1))
                if (!snapshot_find_cpu(whole, (unsigned)cpu) || !snapshot_find_cpu(read, (unsigned)cpu))
                        return false;
        for (int id = cpuset_next(&part->domains, 0); id >= 0; id = cpuset_next(&part->domains, (unsigned)id + 1)) {
                const FreqDomain *domain = snapshot_find_domain(read, (unsigned)id);

                if (!domain || domain->error == -ENOENT || domain->error == -ENODEV)
                        return false;
        }
        return true;
}

/* The place of the domain in *whole, or a new one; NULL: out of memory. */
static FreqDomain *place_for(Snapshot *whole, unsigned id)
{
        FreqDomain *domains, *domain = snapshot_find_domain(whole, id);
        unsigned at = 0;

        if (domain)
                return domain;
        domains = reallocarray(whole->domains, whole->n_domains + 1, sizeof(*domains));
        if (!domains)
                return NULL;
        whole->domains = domains;
        while (at < whole->n_domains && domains[at].id < id)
                at++;
        memmove(&domains[at + 1], &domains[at], (whole->n_domains - at) * sizeof(*domains));
        domains[at] = (FreqDomain) { .id = id };
        whole->n_domains++;
        return &domains[at];
}

/* Makes a text that belongs to another snapshot one of this one. NULL stays NULL. 0 or -ENOMEM. */
static int share_again(Snapshot *whole, const char **text)
{
        if (!*text)
                return 0;
        *text = snapshot_share(whole, *text);
        return *text ? 0 : -ENOMEM;
}

static int merge_domain(Snapshot *whole, FreqDomain *read)
{
        FreqDomain *domain = place_for(whole, read->id);

        if (!domain || share_again(whole, &read->governors) < 0 || share_again(whole, &read->frequencies) < 0)
                return -ENOMEM;
        cpuset_done(&domain->cpus);
        cpuset_done(&domain->related);
        *domain = *read;
        read->cpus = read->related = (CpuSet) {};
        return 0;
}

static int merge_cpu(Snapshot *whole, CpuState *read)
{
        CpuState *cpu = snapshot_find_cpu(whole, read->id);

        for (unsigned i = 0; i < read->n_states; i++)
                if (share_again(whole, &read->states[i].name) < 0)
                        return -ENOMEM;
        free(cpu->states);
        *cpu = TAKE_STRUCT(*read);
        return 0;
}

int snapshot_merge(Snapshot *whole, const SnapshotPart *part, Snapshot *read)
{
        int r = 0;

        if (!fits(whole, part, read))
                return 0;
        for (unsigned i = 0; i < read->n_domains && r == 0; i++)
                r = merge_domain(whole, &read->domains[i]);
        for (unsigned i = 0; i < read->n_cpus && r == 0; i++)
                r = merge_cpu(whole, &read->cpus[i]);
        strcpy(whole->idle_driver, read->idle_driver);
        strcpy(whole->idle_governor, read->idle_governor);
        return r < 0 ? r : 1;
}
