/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fake-host.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/macro.h"
#include "base/parse.h"

static const uint64_t steps_khz[] = { 800000, 1400000, 2000000, 2600000 };

static void fill_cpu(CpuState *cpu, unsigned id)
{
        static const IdleState states[] = {
                { .index = 0, .name = "POLL", .latency_usec = 0 },
                { .index = 1, .name = "C1", .latency_usec = 2 },
                { .index = 2, .name = "C2", .latency_usec = 75 },
                { .index = 3, .name = "C3", .latency_usec = 100 },
        };

        *cpu = (CpuState) { .id = id, .online = true, .perf_bias.text = "6", .n_states = ARRAY_SIZE(states) };
        cpu->states = malloc(sizeof(states));
        assert(cpu->states);
        memcpy(cpu->states, states, sizeof(states));
}

void fake_host_init(FakeHost *fake, unsigned n_domains, unsigned cpus_each, const char *governor, uint64_t cur_khz)
{
        *fake = (FakeHost) { .loadable = "ondemand userspace conservative powersave", .tsc_lives = true };
        assert(n_domains <= ARRAY_SIZE(fake->freed_by_us));
        fake->real.domains = calloc(n_domains, sizeof(FreqDomain));
        fake->real.cpus = calloc(n_domains * cpus_each, sizeof(CpuState));
        assert(fake->real.domains && fake->real.cpus);
        fake->real.n_domains = n_domains;
        strcpy(fake->real.idle_driver, "acpi_idle");
        strcpy(fake->real.idle_governor, "menu");

        for (unsigned i = 0; i < n_domains; i++) {
                FreqDomain *domain = &fake->real.domains[i];

                *domain = (FreqDomain) { .id = i * cpus_each,
                                         .driver = "acpi-cpufreq",
                                         .min_khz = steps_khz[0],
                                         .max_khz = steps_khz[3],
                                         .hw_min_khz = steps_khz[0],
                                         .hw_max_khz = steps_khz[3],
                                         .cur_khz = cur_khz,
                                         .preference.text = "balance_performance" };
                strcpy(domain->governor, governor);
                domain->setspeed_khz = strcmp(governor, "userspace") == 0 ? cur_khz : 0;
                fake->setspeed_khz[i] = domain->setspeed_khz;
                domain->governors = "performance schedutil";
                domain->frequencies = "2600000 2000000 1400000 800000";
                for (unsigned n = 0; n < cpus_each; n++) {
                        unsigned cpu = i * cpus_each + n;

                        assert(cpuset_add(&domain->cpus, cpu) == 0 && cpuset_add(&domain->related, cpu) == 0);
                        fill_cpu(&fake->real.cpus[fake->real.n_cpus++], cpu);
                }
        }
}

void fake_host_done(FakeHost *fake)
{
        snapshot_done(&fake->real);
        *fake = (FakeHost) {};
}

void fake_host_fault(FakeHost *fake, const char *path, FakeFaultKind kind, int error_or_reads)
{
        FakeFault *fault = &fake->faults[fake->n_faults++];

        assert(fake->n_faults <= FAKE_FAULTS_MAX);
        *fault = (FakeFault) { .kind = kind, .error = error_or_reads, .reads = (unsigned)error_or_reads };
        assert(knob_path_parse(path, &fault->id) == 0);
}

static const FakeFault *find_fault(const FakeHost *fake, const KnobId *id)
{
        for (unsigned i = 0; i < fake->n_faults; i++)
                if (knob_id_compare(&fake->faults[i].id, id) == 0)
                        return &fake->faults[i];
        return NULL;
}

/* As the real enumerate of a part: removes all other CPUs and domains from the snapshot. */
static int fake_enumerate(void *userdata, Snapshot *ret);

static int fake_read_part(void *userdata, SnapshotPart *part, Snapshot *ret)
{
        FakeHost *fake = userdata;
        Snapshot all = {}, read = {};

        assert(fake_enumerate(fake, &all) == 0);
        for (unsigned i = 0; i < all.n_domains; i++)
                for (int cpu = cpuset_next(&part->cpus, 0); cpu >= 0; cpu = cpuset_next(&part->cpus, (unsigned)cpu + 1))
                        if (cpuset_has(&all.domains[i].related, (unsigned)cpu))
                                assert(cpuset_add(&part->domains, all.domains[i].id) == 0);
        read.domains = calloc(cpuset_count(&part->domains) + 1, sizeof(FreqDomain));
        read.cpus = calloc(all.n_cpus + 1, sizeof(CpuState));
        assert(read.domains && read.cpus);
        for (int id = cpuset_next(&part->domains, 0); id >= 0; id = cpuset_next(&part->domains, (unsigned)id + 1)) {
                FreqDomain *domain = snapshot_find_domain(&all, (unsigned)id);

                read.domains[read.n_domains] = (FreqDomain) { .id = (unsigned)id, .error = -ENOENT };
                if (domain)
                        read.domains[read.n_domains] = TAKE_STRUCT(*domain);
                read.domains[read.n_domains++].id = (unsigned)id;
        }
        for (unsigned i = 0; i < all.n_cpus; i++)
                if (cpuset_has(&part->cpus, all.cpus[i].id)) {
                        unsigned id = all.cpus[i].id;

                        read.cpus[read.n_cpus] = TAKE_STRUCT(all.cpus[i]);
                        all.cpus[i].id = id;
                        read.n_cpus++;
                }
        strcpy(read.idle_driver, all.idle_driver);
        strcpy(read.idle_governor, all.idle_governor);
        snapshot_done(&all);
        *ret = read;
        return 0;
}

static int fake_enumerate(void *userdata, Snapshot *ret)
{
        FakeHost *fake = userdata;
        Snapshot copy = fake->real;

        copy.domains = calloc(copy.n_domains + 1, sizeof(FreqDomain));
        copy.cpus = calloc(copy.n_cpus + 1, sizeof(CpuState));
        assert(copy.domains && copy.cpus);
        copy.n_domains = 0;
        for (unsigned i = 0; i < fake->real.n_domains; i++) {
                const FreqDomain *from = &fake->real.domains[i];
                KnobId id = { .knob = KNOB_SCALING_GOVERNOR, .id = from->id };
                const FakeFault *fault = find_fault(fake, &id);
                FreqDomain *to = &copy.domains[copy.n_domains];

                if (fault && fault->kind == FAKE_FAULT_VANISH)
                        continue;
                *to = *from;
                to->cpus = to->related = (CpuSet) {};
                assert(cpuset_copy(&to->cpus, &from->cpus) == 0 && cpuset_copy(&to->related, &from->related) == 0);
                to->preference = (EnergyValue) {};
                copy.n_domains++;
        }
        for (unsigned i = 0; i < copy.n_cpus; i++) {
                copy.cpus[i] = fake->real.cpus[i];
                copy.cpus[i].perf_bias = (EnergyValue) {};
                copy.cpus[i].states = calloc(copy.cpus[i].n_states + 1, sizeof(IdleState));
                assert(copy.cpus[i].states);
                for (unsigned n = 0; n < copy.cpus[i].n_states; n++)
                        copy.cpus[i].states[n] = fake->real.cpus[i].states[n];
        }
        *ret = copy;
        return 0;
}

static int fake_read(void *userdata, const KnobId *id, char buffer[static KNOB_VALUE_SIZE])
{
        FakeHost *fake = userdata;
        const FakeFault *fault = find_fault(fake, id);

        if (fault && fault->kind == FAKE_FAULT_VANISH)
                return -ENOENT;
        if (fake->pending.reads > 0 && knob_id_compare(&fake->pending.id, id) == 0 && --fake->pending.reads == 0)
                assert(snapshot_set(&fake->real, id, fake->pending.value) == 0);
        return snapshot_get(&fake->real, id, buffer);
}

static bool has_word(const char *list, const char *word)
{
        const char *at = list ? strstr(list, word) : NULL;

        return at && (at == list || at[-1] == ' ') && (at[strlen(word)] == '\0' || at[strlen(word)] == ' ');
}

static void fake_transition(FakeHost *fake, FreqDomain *domain, uint64_t to, bool ours)
{
        if (domain->cur_khz == to)
                return;
        domain->cur_khz = to;
        if (!fake->tsc_lives || fake->constant_tsc)
                return;
        fake->tsc_lives = false;
        fake->lost_by_us += ours;
}

static bool moves_freely(const FreqDomain *domain)
{
        return domain->min_khz < domain->max_khz && strcmp(domain->governor, "performance") != 0 &&
               strcmp(domain->governor, "powersave") != 0 && strcmp(domain->governor, "userspace") != 0;
}

/* The change of frequency that a governor makes when it starts or its limits change. */
static void fake_apply_limits(FakeHost *fake, FreqDomain *domain, bool ours)
{
        uint64_t target = domain->cur_khz;

        if (strcmp(domain->governor, "performance") == 0)
                target = domain->max_khz;
        else if (strcmp(domain->governor, "powersave") == 0)
                target = domain->min_khz;
        else if (strcmp(domain->governor, "userspace") == 0)
                target = fake->setspeed_khz[domain - fake->real.domains];
        if (target > domain->max_khz)
                target = domain->max_khz;
        if (target < domain->min_khz)
                target = domain->min_khz;
        fake_transition(fake, domain, target, ours);
        if (strcmp(domain->governor, "userspace") == 0)
                domain->setspeed_khz = domain->cur_khz;
}

static int fake_write_policy(FakeHost *fake, const KnobId *id, const char *value, bool ours)
{
        FreqDomain *domain = snapshot_find_domain(&fake->real, id->id);
        bool moved_before;
        uint64_t khz = 0;

        if (!domain)
                return -ENOENT;
        moved_before = moves_freely(domain);
        if (id->knob == KNOB_SCALING_GOVERNOR) {
                if (!has_word(domain->governors, value) && !has_word(fake->loadable, value))
                        return -EINVAL;
                strcpy(domain->governor, value);
                domain->setspeed_khz = strcmp(value, "userspace") == 0 ? domain->cur_khz : 0;
                fake->setspeed_khz[domain - fake->real.domains] = domain->setspeed_khz;
        } else {
                if (parse_u64(value, 0, UINT64_MAX, &khz) < 0)
                        return -EINVAL;
                if (khz > domain->hw_max_khz)
                        khz = domain->hw_max_khz;
                if (khz < domain->hw_min_khz)
                        khz = domain->hw_min_khz;
                if (id->knob == KNOB_SCALING_SETSPEED && strcmp(domain->governor, "userspace") != 0)
                        return -EINVAL;
                if ((id->knob == KNOB_SCALING_MIN_FREQ && khz > domain->max_khz) ||
                    (id->knob == KNOB_SCALING_MAX_FREQ && khz < domain->min_khz))
                        return -EINVAL;
                if (id->knob == KNOB_SCALING_MIN_FREQ)
                        domain->min_khz = khz;
                else if (id->knob == KNOB_SCALING_MAX_FREQ)
                        domain->max_khz = khz;
                else
                        fake->setspeed_khz[domain - fake->real.domains] = khz;
        }
        fake_apply_limits(fake, domain, ours);
        if (!moved_before || !moves_freely(domain))
                fake->freed_by_us[domain - fake->real.domains] = ours && moves_freely(domain);
        return 0;
}

static int fake_apply(FakeHost *fake, const KnobId *id, const char *value, bool ours)
{
        return knob_is_frequency(id->knob) ? fake_write_policy(fake, id, value, ours) :
                                             snapshot_set(&fake->real, id, value);
}

static int fake_write(void *userdata, const KnobId *id, unsigned cpu, const char *value,
                      char actual[static KNOB_VALUE_SIZE])
{
        FakeHost *fake = userdata;
        const FakeFault *fault = find_fault(fake, id);
        const FreqDomain *domain = knob_is_frequency(id->knob) ? snapshot_find_domain(&fake->real, id->id) : NULL;
        char path[KNOB_NAME_SIZE];
        size_t used = strlen(fake->log);

        fake->n_writes++;
        actual[0] = '\0';
        snprintf(fake->log + used, sizeof(fake->log) - used, "%s=%s\n", knob_path_format(id, path), value);
        assert(!domain || cpuset_has(&domain->cpus, cpu));
        if (!fault)
                return fake_apply(fake, id, value, true);
        switch (fault->kind) {
        case FAKE_FAULT_ERROR:
                return fault->error;
        case FAKE_FAULT_IGNORE:
                return 0;
        case FAKE_FAULT_VANISH:
                return -ENOENT;
        case FAKE_FAULT_LATE:
                fake->pending = (FakePending) { .id = *id, .reads = fault->reads };
                strcpy(fake->pending.value, value);
                return 0;
        }
        return 0;
}

static int fake_watch(void *userdata, DriftWatch **ret)
{
        return drift_watch_new(drift_watch_open_fanotify(), getpid(), ret);
}

/* All of it in one slice. */
static int fake_read_some(void *userdata, CpuReading *reading, unsigned n)
{
        return fake_enumerate(userdata, &reading->snapshot);
}

const CpuOps fake_host_ops = {
        .enumerate = fake_enumerate,
        .read_some = fake_read_some,
        .read_part = fake_read_part,
        .read = fake_read,
        .write = fake_write,
        .watch = fake_watch,
};

int fake_host_drift(FakeHost *fake, const char *path, const char *value)
{
        KnobId id;

        assert(knob_path_parse(path, &id) == 0);
        return fake_apply(fake, &id, value, false);
}

void fake_host_tick(FakeHost *fake, unsigned choice)
{
        for (unsigned i = 0; i < fake->real.n_domains; i++) {
                FreqDomain *domain = &fake->real.domains[i];
                uint64_t to = steps_khz[(choice + i) % ARRAY_SIZE(steps_khz)];

                if (moves_freely(domain) && to >= domain->min_khz && to <= domain->max_khz)
                        fake_transition(fake, domain, to, fake->freed_by_us[i]);
        }
}

char *fake_host_dump(const FakeHost *fake)
{
        char *text = NULL;
        size_t size;
        FILE *out = open_memstream(&text, &size);

        assert(out);
        for (unsigned i = 0; i < fake->real.n_domains; i++) {
                const FreqDomain *domain = &fake->real.domains[i];

                fprintf(out, "policy%u %s %" PRIu64 " %" PRIu64 " %" PRIu64 " %s\n", domain->id, domain->governor,
                        domain->min_khz, domain->max_khz, domain->setspeed_khz, domain->preference.text);
        }
        for (unsigned i = 0; i < fake->real.n_cpus; i++) {
                fprintf(out, "cpu%u %s", fake->real.cpus[i].id, fake->real.cpus[i].perf_bias.text);
                for (unsigned n = 0; n < fake->real.cpus[i].n_states; n++)
                        fprintf(out, " %d", fake->real.cpus[i].states[n].disabled);
                fputc('\n', out);
        }
        fclose(out);
        return text;
}
