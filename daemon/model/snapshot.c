/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/snapshot.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "base/append.h"
#include "base/array.h"
#include "base/parse.h"

void snapshot_done(Snapshot *snapshot)
{
        for (unsigned i = 0; i < snapshot->n_domains; i++) {
                FreqDomain *domain = &snapshot->domains[i];

                cpuset_done(&domain->cpus);
                cpuset_done(&domain->related);
        }
        for (size_t i = 0; i < snapshot->n_shared; i++)
                free(snapshot->shared[i]);
        free(snapshot->shared);
        for (unsigned i = 0; i < snapshot->n_cpus; i++)
                free(snapshot->cpus[i].states);
        free(snapshot->domains);
        free(snapshot->cpus);
        *snapshot = (Snapshot) {};
}

const char *snapshot_share(Snapshot *snapshot, const char *text)
{
        char *copy;

        for (size_t i = snapshot->n_shared; i > 0; i--)
                if (strcmp(snapshot->shared[i - 1], text) == 0)
                        return snapshot->shared[i - 1];
        if (array_grow(&snapshot->shared, snapshot->n_shared, sizeof(*snapshot->shared)) < 0)
                return NULL;
        copy = strdup(text);
        if (copy)
                snapshot->shared[snapshot->n_shared++] = copy;
        return copy;
}

/* Both arrays are sorted by their first member. */
_Static_assert(offsetof(FreqDomain, id) == 0 && offsetof(CpuState, id) == 0, "the id comes first");

static int id_compare(const void *id, const void *element)
{
        unsigned a = *(const unsigned *)id, b = *(const unsigned *)element;

        return a < b ? -1 : a > b;
}

FreqDomain *snapshot_find_domain(const Snapshot *snapshot, unsigned id)
{
        if (snapshot->n_domains == 0)
                return NULL;
        return bsearch(&id, snapshot->domains, snapshot->n_domains, sizeof(FreqDomain), id_compare);
}

CpuState *snapshot_find_cpu(const Snapshot *snapshot, unsigned id)
{
        if (snapshot->n_cpus == 0)
                return NULL;
        return bsearch(&id, snapshot->cpus, snapshot->n_cpus, sizeof(CpuState), id_compare);
}

IdleState *snapshot_find_state(const Snapshot *snapshot, unsigned cpu, unsigned index)
{
        CpuState *found = snapshot_find_cpu(snapshot, cpu);

        for (unsigned i = 0; found && i < found->n_states; i++)
                if (found->states[i].index == index)
                        return &found->states[i];
        return NULL;
}

static uint64_t *domain_number(FreqDomain *domain, Knob knob)
{
        switch (knob) {
        case KNOB_SCALING_MIN_FREQ:
                return &domain->min_khz;
        case KNOB_SCALING_MAX_FREQ:
                return &domain->max_khz;
        default:
                return &domain->setspeed_khz;
        }
}

/* NULL: not a value of this kind, or no such object. */
static EnergyValue *energy_value(const Snapshot *snapshot, const KnobId *id)
{
        FreqDomain *domain;
        CpuState *cpu;

        if (id->knob == KNOB_ENERGY_PERF_BIAS) {
                cpu = snapshot_find_cpu(snapshot, id->id);
                return cpu ? &cpu->perf_bias : NULL;
        }
        domain = snapshot_find_domain(snapshot, id->id);
        return domain && id->knob == KNOB_ENERGY_PERFORMANCE_PREFERENCE ? &domain->preference : NULL;
}

void snapshot_set_error(Snapshot *snapshot, const KnobId *id, int error)
{
        EnergyValue *value = energy_value(snapshot, id);

        if (value)
                *value = (EnergyValue) { .error = error };
}

int snapshot_get(const Snapshot *snapshot, const KnobId *id, char buffer[static KNOB_VALUE_SIZE])
{
        const EnergyValue *energy;
        const IdleState *state;
        FreqDomain *domain;

        switch (id->knob) {
        case KNOB_ENERGY_PERFORMANCE_PREFERENCE:
        case KNOB_ENERGY_PERF_BIAS:
                energy = energy_value(snapshot, id);
                if (!energy || (energy->error == 0 && !*energy->text))
                        return -ENOENT;
                strcpy(buffer, energy->text);
                return energy->error;
        case KNOB_DISABLE:
                state = snapshot_find_state(snapshot, id->id, id->state);
                if (!state)
                        return -ENOENT;
                strcpy(buffer, state->disabled ? "1" : "0");
                return state->error;
        default:
                domain = snapshot_find_domain(snapshot, id->id);
                if (!domain)
                        return -ENOENT;
                if (id->knob == KNOB_SCALING_GOVERNOR)
                        strcpy(buffer, domain->governor);
                else
                        (void)append_number(buffer, *domain_number(domain, id->knob));
                return domain->error;
        }
}

static int set_of_domain(FreqDomain *domain, Knob knob, const char *value)
{
        if (knob != KNOB_SCALING_GOVERNOR)
                return parse_u64(value, 0, UINT64_MAX, domain_number(domain, knob)) < 0 ? -EINVAL : 0;
        if (strlen(value) >= sizeof(domain->governor))
                return -EINVAL;
        strcpy(domain->governor, value);
        return 0;
}

int snapshot_set(Snapshot *snapshot, const KnobId *id, const char *value)
{
        EnergyValue *energy;
        FreqDomain *domain;
        IdleState *state;

        switch (id->knob) {
        case KNOB_ENERGY_PERFORMANCE_PREFERENCE:
        case KNOB_ENERGY_PERF_BIAS:
                energy = energy_value(snapshot, id);
                if (!energy)
                        return -ENOENT;
                if (knob_value_check(id->knob, value) < 0)
                        return -EINVAL;
                *energy = (EnergyValue) {};
                strcpy(energy->text, value);
                return 0;
        case KNOB_DISABLE:
                state = snapshot_find_state(snapshot, id->id, id->state);
                if (!state)
                        return -ENOENT;
                if (knob_value_check(id->knob, value) < 0)
                        return -EINVAL;
                state->disabled = value[0] == '1';
                state->error = 0;
                return 0;
        default:
                domain = snapshot_find_domain(snapshot, id->id);
                return domain ? set_of_domain(domain, id->knob, value) : -ENOENT;
        }
}

bool idle_state_is_poll(const IdleState *state)
{
        return strcmp(state->name, "POLL") == 0;
}

bool idle_state_is_beyond_c1(const IdleState *state)
{
        static const char *const shallow[] = { "POLL", "C1", "C1_ACPI", "C1E", "haltpoll idle" };

        for (size_t i = 0; i < ARRAY_SIZE(shallow); i++)
                if (strcmp(state->name, shallow[i]) == 0)
                        return false;
        return state->name[0] != '\0';
}

const IdleState *cpu_shallowest_state(const CpuState *cpu)
{
        const IdleState *shallowest = NULL;

        for (unsigned i = 0; i < cpu->n_states; i++)
                if (!idle_state_is_poll(&cpu->states[i]) &&
                    (!shallowest || cpu->states[i].latency_usec < shallowest->latency_usec))
                        shallowest = &cpu->states[i];
        return shallowest;
}

const IdleState *snapshot_find_allowed_deep(const Snapshot *snapshot, unsigned *ret_cpu)
{
        const IdleState *deepest = NULL;

        for (unsigned i = 0; i < snapshot->n_cpus; i++) {
                const CpuState *cpu = &snapshot->cpus[i];

                for (unsigned n = 0; cpu->online && n < cpu->n_states; n++) {
                        const IdleState *state = &cpu->states[n];

                        /* On a large host the names are compared of few states. */
                        if (state->error < 0 || state->disabled ||
                            (deepest && state->latency_usec <= deepest->latency_usec) ||
                            !idle_state_is_beyond_c1(state) || state == cpu_shallowest_state(cpu))
                                continue;
                        deepest = state;
                        *ret_cpu = cpu->id;
                }
        }
        return deepest;
}

int snapshot_add_cpus_of(CpuSet *cpus, const Snapshot *snapshot, const KnobId *id)
{
        const FreqDomain *domain = knob_is_frequency(id->knob) ? snapshot_find_domain(snapshot, id->id) : NULL;

        if (domain)
                return cpuset_add_all(cpus, &domain->cpus);
        return knob_is_frequency(id->knob) ? 0 : cpuset_add(cpus, id->id);
}
