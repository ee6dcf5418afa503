/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Policies are those of cpufreq/policyN; kernels that keep the files directly in cpuN/cpufreq (before 4.3) are out of
 * scope.
 */
#include "host/cpu-enumerate.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/append.h"
#include "base/macro.h"
#include "base/parse.h"
#include "host/sysfs.h"
#include "model/frequency.h"
#include "model/knob.h"

DEFINE_CLEANUP(DIR, closedir);

/* CPUIDLE_STATE_MAX is 10 (include/linux/cpuidle.h). */
#define N_STATES_MAX 100U

/* A directory below cpu_root; its files are opened by path. A descriptor for the directory would cost two more system
 * calls. */
typedef struct Place {
        int root;
        char path[KNOB_NAME_SIZE];
        char *end; /* where the name of a file goes: after "cpufreq/policy12/" */
} Place;

static const char *place_path(Place *place, const char *file)
{
        strcpy(place->end, file);
        return place->path;
}

static int read_text(Place *place, const char *file, char *buffer, size_t size)
{
        return sysfs_read_at(place->root, place_path(place, file), buffer, size);
}

static int read_u64(Place *place, const char *file, uint64_t *ret)
{
        char value[KNOB_VALUE_SIZE];
        int r;

        r = read_text(place, file, value, sizeof(value));
        if (r < 0)
                return r;
        return parse_u64(value, 0, UINT64_MAX, ret);
}

static int read_cpu_list(int dirfd, const char *path, CpuSet *ret)
{
        _cleanup_free_ char *text = NULL;
        int r;

        r = sysfs_read_string_at(dirfd, path, &text);
        if (r < 0)
                return r;
        return cpuset_parse(text, ret);
}

/* affected_cpus and related_cpus are numbers separated by blanks, not a CPU list (drivers/cpufreq/cpufreq.c
 * cpufreq_show_cpus). */
static int read_cpu_numbers(Place *place, const char *file, CpuSet *ret)
{
        _cleanup_cpuset_ CpuSet set = {};
        _cleanup_free_ char *text = NULL;
        char *rest, *number;
        int r;

        r = sysfs_read_string_at(place->root, place_path(place, file), &text);
        if (r < 0)
                return r;
        rest = text;
        while ((number = strsep(&rest, " "))) {
                unsigned cpu;

                if (*number == '\0')
                        continue;
                r = parse_unsigned(number, 0, CPUSET_MAX - 1, &cpu);
                if (r < 0)
                        return r;
                r = cpuset_add(&set, cpu);
                if (r < 0)
                        return r;
        }
        *ret = TAKE_STRUCT(set);
        return 0;
}

static int read_shared(Place *place, const char *file, Snapshot *snapshot, const char **ret)
{
        _cleanup_free_ char *text = NULL;
        int r;

        r = sysfs_read_string_at(place->root, place_path(place, file), &text);
        if (r < 0)
                return r;
        *ret = snapshot_share(snapshot, text);
        return *ret ? 0 : -ENOMEM;
}

/* All policies of a host have the same driver and the same available governors (drivers/cpufreq/cpufreq.c
 * show_scaling_driver and show_scaling_available_governors). So the answers of an earlier policy are used for this
 * one. */
static int read_driver(Place *place, Snapshot *snapshot, FreqDomain *domain)
{
        const FreqDomain *other = NULL;
        int r;

        for (FreqDomain *before = domain; before > snapshot->domains && !other; before--)
                other = before[-1].governors ? &before[-1] : NULL;
        if (other) {
                strcpy(domain->driver, other->driver);
                domain->governors = other->governors;
                return 0;
        }
        r = read_text(place, "scaling_driver", domain->driver, sizeof(domain->driver));
        if (r < 0)
                return r;
        return read_shared(place, "scaling_available_governors", snapshot, &domain->governors);
}

/* Most policies of a large host have one table. */
static bool has_table_of_last(const Snapshot *snapshot, const FreqDomain *domain)
{
        return domain > snapshot->domains && domain->frequencies && domain->frequencies == domain[-1].frequencies;
}

/* `all_online`: no CPU is offline, so the online CPUs of a policy are all its CPUs. */
static int read_domain(Place *place, bool all_online, Snapshot *snapshot, FreqDomain *domain)
{
        int r;

        /* While all its CPUs are offline, every file of a policy returns EBUSY (drivers/cpufreq/cpufreq.c show). So the
         * first error is enough. */
        r = read_cpu_numbers(place, "affected_cpus", &domain->cpus);
        if (r < 0)
                return r;
        r = all_online ? cpuset_copy(&domain->related, &domain->cpus) :
                         read_cpu_numbers(place, "related_cpus", &domain->related);
        if (r < 0)
                return r;
        r = read_driver(place, snapshot, domain);
        if (r < 0)
                return r;
        r = read_text(place, "scaling_governor", domain->governor, sizeof(domain->governor));
        if (r < 0)
                return r;
        r = read_u64(place, "scaling_min_freq", &domain->min_khz);
        if (r < 0)
                return r;
        r = read_u64(place, "scaling_max_freq", &domain->max_khz);
        if (r < 0)
                return r;

        /* Some drivers do not have these files, or the files contain "<unknown>". */
        (void)read_u64(place, "scaling_cur_freq", &domain->cur_khz);
        (void)read_u64(place, "cpuinfo_max_freq", &domain->hw_max_khz);
        if (strcmp(domain->governor, "userspace") == 0)
                (void)read_u64(place, "scaling_setspeed", &domain->setspeed_khz);
        r = read_shared(place, "scaling_available_frequencies", snapshot, &domain->frequencies);
        if (r == -ENOMEM)
                return r;
        /* The kernel takes cpuinfo_min_freq from the table (drivers/cpufreq/freq_table.c
         * cpufreq_frequency_table_cpuinfo). The maximum may be a boost frequency, which the table does not name. */
        domain->hw_min_khz =
                has_table_of_last(snapshot, domain) ? domain[-1].hw_min_khz : frequency_find_nearest(domain, 0, true);
        if (domain->hw_min_khz == 0)
                (void)read_u64(place, "cpuinfo_min_freq", &domain->hw_min_khz);
        return 0;
}

/* The N of every cpufreq/policyN. */
static int list_domains(int root, CpuSet *ids)
{
        _cleanup_(closedirp) DIR *dir = NULL;
        struct dirent *entry;
        int fd;

        fd = openat(root, "cpufreq", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd < 0)
                return errno == ENOENT ? 0 : -errno;
        dir = fdopendir(fd);
        if (!dir) {
                (void)close(fd);
                return -ENOMEM;
        }
        for (;;) {
                unsigned id;
                int r;

                errno = 0;
                entry = readdir(dir);
                if (!entry)
                        return -errno;
                if (strncmp(entry->d_name, "policy", strlen("policy")) != 0 ||
                    parse_unsigned(entry->d_name + strlen("policy"), 0, CPUSET_MAX - 1, &id) < 0)
                        continue;
                r = cpuset_add(ids, id);
                if (r < 0)
                        return r;
        }
}

/* Adds the policies of these CPUs. cpuN/cpufreq is a link to the policy of CPU N (drivers/cpufreq/cpufreq.c
 * add_cpu_dev_symlink). */
static int find_domains(int root, const CpuSet *cpus, CpuSet *ids)
{
        for (int cpu = cpuset_next(cpus, 0); cpu >= 0; cpu = cpuset_next(cpus, (unsigned)cpu + 1)) {
                static const char before[] = "../cpufreq/policy";
                char path[KNOB_NAME_SIZE], target[KNOB_NAME_SIZE];
                ssize_t n;
                unsigned id;

                (void)stpcpy(append_number(stpcpy(path, "cpu"), (unsigned)cpu), "/cpufreq");
                n = readlinkat(root, path, target, sizeof(target) - 1);
                /* Without a link the CPU is offline, or has no driver. */
                if (n < 0)
                        continue;
                target[n] = '\0';
                if (strncmp(target, before, strlen(before)) != 0 ||
                    parse_unsigned(target + strlen(before), 0, CPUSET_MAX - 1, &id) < 0)
                        continue;
                if (cpuset_add(ids, id) < 0)
                        return -ENOMEM;
        }
        return 0;
}

static int read_next_domain(int root, unsigned id, bool all_online, Snapshot *snapshot)
{
        FreqDomain *domain = &snapshot->domains[snapshot->n_domains++];
        Place place = { .root = root };

        domain->id = id;
        place.end = append_number(stpcpy(place.path, "cpufreq/policy"), domain->id);
        place.end = stpcpy(place.end, "/");
        domain->error = read_domain(&place, all_online, snapshot, domain);
        return domain->error == -ENOMEM ? -ENOMEM : 0;
}

static int read_state(Place *state_dir, Snapshot *snapshot, IdleState *state)
{
        char name[SNAPSHOT_NAME_SIZE];
        uint64_t disabled;
        int r;

        r = read_text(state_dir, "name", name, sizeof(name));
        if (r < 0)
                return r;
        state->name = snapshot_share(snapshot, name);
        if (!state->name)
                return -ENOMEM;
        r = read_u64(state_dir, "latency", &state->latency_usec);
        if (r < 0)
                return r;
        r = read_u64(state_dir, "disable", &disabled);
        if (r < 0)
                return r;
        state->disabled = disabled != 0;
        return 0;
}

static int enumerate_states(int root, Snapshot *snapshot, CpuState *cpu)
{
        Place place = { .root = root };
        char *number = stpcpy(append_number(stpcpy(place.path, "cpu"), cpu->id), "/cpuidle/state");

        for (unsigned index = 0; index < N_STATES_MAX; index++) {
                IdleState state = { .index = (uint8_t)index, .name = "", .latency_usec = UINT64_MAX };
                IdleState *states;

                place.end = stpcpy(append_number(number, index), "/");
                state.error = read_state(&place, snapshot, &state);
                if (state.error == -ENOMEM)
                        return -ENOMEM;
                /* There is no file `name`, so there is no further state. */
                if (state.error == -ENOENT && state.name[0] == '\0')
                        break;
                states = reallocarray(cpu->states, cpu->n_states + 1, sizeof(*states));
                if (!states)
                        return -ENOMEM;
                cpu->states = states;
                cpu->states[cpu->n_states++] = state;
        }
        return 0;
}

static int read_next_cpu(int root, unsigned id, bool online, Snapshot *snapshot)
{
        CpuState *cpu = &snapshot->cpus[snapshot->n_cpus++];

        cpu->id = id;
        cpu->online = online;
        return enumerate_states(root, snapshot, cpu);
}

static void read_idle_driver(int root, Snapshot *snapshot)
{
        (void)sysfs_read_at(root, "cpuidle/current_driver", snapshot->idle_driver, sizeof(snapshot->idle_driver));
        /* Before 5.10 current_governor exists only with the boot parameter cpuidle_sysfs_switch
         * (drivers/cpuidle/sysfs.c). */
        if (sysfs_read_at(root, "cpuidle/current_governor", snapshot->idle_governor, sizeof(snapshot->idle_governor)) <
            0)
                (void)sysfs_read_at(root, "cpuidle/current_governor_ro", snapshot->idle_governor,
                                    sizeof(snapshot->idle_governor));
}

/* What there is to read: all that is present, or of that the part. */
static int begin(int root, SnapshotPart *part, CpuReading *reading)
{
        Snapshot *snapshot = &reading->snapshot;
        int r;

        r = read_cpu_list(root, "present", &reading->cpus);
        if (r < 0)
                return r;
        r = read_cpu_list(root, "online", &reading->online);
        if (r < 0)
                return r;
        reading->all_online = cpuset_equal(&reading->cpus, &reading->online);
        if (part)
                cpuset_keep(&reading->cpus, &part->cpus);
        r = part ? find_domains(root, &part->cpus, &part->domains) : list_domains(root, &reading->domains);
        if (r == 0 && part)
                r = cpuset_copy(&reading->domains, &part->domains);
        if (r < 0)
                return r;
        snapshot->cpus = calloc(cpuset_count(&reading->cpus) + 1, sizeof(*snapshot->cpus));
        snapshot->domains = calloc(cpuset_count(&reading->domains) + 1, sizeof(*snapshot->domains));
        if (!snapshot->cpus || !snapshot->domains)
                return -ENOMEM;
        read_idle_driver(root, snapshot);
        reading->begun = true;
        return 0;
}

/* 1: there is more to read; 0; or -ENOMEM. */
static int read_on(int root, CpuReading *reading, unsigned n)
{
        Snapshot *snapshot = &reading->snapshot;
        int id, r = 0;

        for (; n > 0 && r == 0 && (id = cpuset_next(&reading->cpus, reading->next_cpu)) >= 0; n--) {
                r = read_next_cpu(root, (unsigned)id, cpuset_has(&reading->online, (unsigned)id), snapshot);
                reading->next_cpu = (unsigned)id + 1;
        }
        for (; n > 0 && r == 0 && (id = cpuset_next(&reading->domains, reading->next_domain)) >= 0; n--) {
                r = read_next_domain(root, (unsigned)id, reading->all_online, snapshot);
                reading->next_domain = (unsigned)id + 1;
        }
        if (r < 0)
                return r;
        return cpuset_next(&reading->cpus, reading->next_cpu) >= 0 ||
               cpuset_next(&reading->domains, reading->next_domain) >= 0;
}

static int read_some(CpuReading *reading, SnapshotPart *part, unsigned n)
{
        int root, r = 0;

        root = open(CPU_ROOT, O_PATH | O_DIRECTORY | O_CLOEXEC);
        if (root < 0)
                return -errno;
        if (!reading->begun)
                r = begin(root, part, reading);
        if (r == 0)
                r = read_on(root, reading, n);
        (void)close(root);
        return r;
}

int cpu_read_some(CpuReading *reading, unsigned n)
{
        return read_some(reading, NULL, n);
}

int cpu_enumerate(SnapshotPart *part, Snapshot *ret)
{
        _cleanup_(cpu_reading_done) CpuReading reading = {};
        int r = read_some(&reading, part, UINT_MAX);

        if (r < 0)
                return r;
        *ret = TAKE_STRUCT(reading.snapshot);
        return 0;
}
