/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/cpu.h"

static void read_energy(const CpuOps *ops, void *userdata, const KnobId *id, Snapshot *snapshot)
{
        char value[KNOB_VALUE_SIZE];
        int r = ops->read(userdata, id, value);

        if (r == 0)
                r = snapshot_set(snapshot, id, value);
        if (r < 0)
                snapshot_set_error(snapshot, id, r);
}

void cpu_read_energy(const CpuOps *ops, void *userdata, const Policy *policy, const Originals *originals,
                     Snapshot *snapshot)
{
        KnobId id = { .knob = KNOB_ENERGY_PERFORMANCE_PREFERENCE };

        for (unsigned i = 0; i < snapshot->n_domains && policy_speaks_of(policy, POLICY_EPP); i++) {
                id.id = snapshot->domains[i].id;
                read_energy(ops, userdata, &id, snapshot);
        }
        id.knob = KNOB_ENERGY_PERF_BIAS;
        for (unsigned i = 0; i < snapshot->n_cpus && policy_speaks_of(policy, POLICY_PERF_BIAS); i++) {
                id.id = snapshot->cpus[i].id;
                read_energy(ops, userdata, &id, snapshot);
        }
        for (size_t i = 0; i < originals->n; i++) {
                const KnobId *original = &originals->entries[i].id;

                if ((original->knob == KNOB_ENERGY_PERFORMANCE_PREFERENCE &&
                     snapshot_find_domain(snapshot, original->id)) ||
                    (original->knob == KNOB_ENERGY_PERF_BIAS && snapshot_find_cpu(snapshot, original->id)))
                        read_energy(ops, userdata, original, snapshot);
        }
}
