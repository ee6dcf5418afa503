/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The only file that knows libcpupower. It writes through it and reads without it: its getters return 0 (or NULL) for
 * a failure as for a real 0, so that "offline" looks like "0 kHz" (tools/power/cpupower/lib/cpufreq.c).
 *
 * Policies are those of cpufreq/policyN; kernels that keep the files directly in cpuN/cpufreq (before 4.3) are out of
 * scope.
 */
#include "host/cpu.h"

#include <cpufreq.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/macro.h"
#include "base/parse.h"
#include "host/sysfs.h"

DEFINE_CLEANUP(DIR, closedir);

/* As PATH_TO_CPU in tools/power/cpupower/lib/cpupower_intern.h, where the writes go. */
static const char cpu_root[] = "/sys/devices/system/cpu";

/* CPUIDLE_STATE_MAX is 10 (include/linux/cpuidle.h). */
#define N_STATES_MAX 100U

static int read_u64(int dirfd, const char *path, uint64_t *ret)
{
        char value[KNOB_VALUE_SIZE];
        int r;

        r = sysfs_read_at(dirfd, path, value, sizeof(value));
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

/* affected_cpus and related_cpus are numbers with blanks between, not a list (drivers/cpufreq/cpufreq.c
 * cpufreq_show_cpus). */
static int read_cpu_numbers(int dirfd, const char *path, CpuSet *ret)
{
        _cleanup_cpuset_ CpuSet set = {};
        _cleanup_free_ char *text = NULL;
        char *rest, *number;
        int r;

        r = sysfs_read_string_at(dirfd, path, &text);
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

static int read_shared(int dirfd, const char *path, Snapshot *snapshot, const char **ret)
{
        _cleanup_free_ char *text = NULL;
        int r;

        r = sysfs_read_string_at(dirfd, path, &text);
        if (r < 0)
                return r;
        *ret = snapshot_share(snapshot, text);
        return *ret ? 0 : -ENOMEM;
}

static int read_policy(int dirfd, Snapshot *snapshot, FreqDomain *policy)
{
        int r;

        /* While all its CPUs are offline every file of a policy answers EBUSY (drivers/cpufreq/cpufreq.c show), so
         * the first failure says it all. */
        r = read_cpu_numbers(dirfd, "affected_cpus", &policy->cpus);
        if (r < 0)
                return r;
        r = read_cpu_numbers(dirfd, "related_cpus", &policy->related);
        if (r < 0)
                return r;
        r = sysfs_read_at(dirfd, "scaling_driver", policy->driver, sizeof(policy->driver));
        if (r < 0)
                return r;
        r = sysfs_read_at(dirfd, "scaling_governor", policy->governor, sizeof(policy->governor));
        if (r < 0)
                return r;
        r = read_shared(dirfd, "scaling_available_governors", snapshot, &policy->governors);
        if (r < 0)
                return r;
        r = read_u64(dirfd, "scaling_min_freq", &policy->min_khz);
        if (r < 0)
                return r;
        r = read_u64(dirfd, "scaling_max_freq", &policy->max_khz);
        if (r < 0)
                return r;

        /* Drivers may leave these out or answer "<unknown>". */
        (void)read_u64(dirfd, "scaling_cur_freq", &policy->cur_khz);
        (void)read_u64(dirfd, "cpuinfo_min_freq", &policy->hw_min_khz);
        (void)read_u64(dirfd, "cpuinfo_max_freq", &policy->hw_max_khz);
        if (strcmp(policy->governor, "userspace") == 0)
                (void)read_u64(dirfd, "scaling_setspeed", &policy->setspeed_khz);
        r = read_shared(dirfd, "scaling_available_frequencies", snapshot, &policy->frequencies);
        return r == -ENOMEM ? r : 0;
}

/* The N of every cpufreq/policyN. */
static int list_policies(int root, CpuSet *ids)
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

static int enumerate_policies(int root, Snapshot *snapshot)
{
        _cleanup_cpuset_ CpuSet ids = {};
        unsigned n;
        int r;

        r = list_policies(root, &ids);
        if (r < 0)
                return r;
        n = cpuset_count(&ids);
        if (n == 0)
                return 0;
        snapshot->policies = calloc(n, sizeof(*snapshot->policies));
        if (!snapshot->policies)
                return -ENOMEM;

        for (int id = cpuset_next(&ids, 0); id >= 0; id = cpuset_next(&ids, (unsigned)id + 1)) {
                FreqDomain *policy = &snapshot->policies[snapshot->n_policies++];
                char path[sizeof("cpufreq/policy") + 10];
                int fd;

                policy->id = (unsigned)id;
                (void)snprintf(path, sizeof(path), "cpufreq/policy%u", policy->id);
                fd = openat(root, path, O_PATH | O_DIRECTORY | O_CLOEXEC);
                if (fd < 0) {
                        policy->error = -errno;
                        continue;
                }
                policy->error = read_policy(fd, snapshot, policy);
                (void)close(fd);
                if (policy->error == -ENOMEM)
                        return -ENOMEM;
        }
        return 0;
}

static int read_state(int cpu_dir, unsigned index, Snapshot *snapshot, IdleState *state)
{
        char path[KNOB_NAME_SIZE], name[SNAPSHOT_NAME_SIZE];
        uint64_t disabled;
        int r;

        (void)snprintf(path, sizeof(path), "cpuidle/state%u/name", index);
        r = sysfs_read_at(cpu_dir, path, name, sizeof(name));
        if (r < 0)
                return r;
        state->name = snapshot_share(snapshot, name);
        if (!state->name)
                return -ENOMEM;
        (void)snprintf(path, sizeof(path), "cpuidle/state%u/latency", index);
        r = read_u64(cpu_dir, path, &state->latency_usec);
        if (r < 0)
                return r;
        (void)snprintf(path, sizeof(path), "cpuidle/state%u/disable", index);
        r = read_u64(cpu_dir, path, &disabled);
        if (r < 0)
                return r;
        state->disabled = disabled != 0;
        return 0;
}

static int enumerate_states(int cpu_dir, Snapshot *snapshot, CpuState *cpu)
{
        for (unsigned index = 0; index < N_STATES_MAX; index++) {
                IdleState state = { .index = (uint8_t)index, .name = "", .latency_usec = UINT64_MAX };
                IdleState *states;

                state.error = read_state(cpu_dir, index, snapshot, &state);
                if (state.error == -ENOMEM)
                        return -ENOMEM;
                /* Not even a name: the table ends here. */
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

static int enumerate_cpus(int root, Snapshot *snapshot)
{
        _cleanup_cpuset_ CpuSet present = {}, online = {};
        int r;

        r = read_cpu_list(root, "present", &present);
        if (r < 0)
                return r;
        r = read_cpu_list(root, "online", &online);
        if (r < 0)
                return r;
        snapshot->cpus = calloc(cpuset_count(&present) + 1, sizeof(*snapshot->cpus));
        if (!snapshot->cpus)
                return -ENOMEM;

        for (int id = cpuset_next(&present, 0); id >= 0; id = cpuset_next(&present, (unsigned)id + 1)) {
                CpuState *cpu = &snapshot->cpus[snapshot->n_cpus++];
                char path[sizeof("cpu") + 10];
                int fd;

                cpu->id = (unsigned)id;
                cpu->online = cpuset_has(&online, cpu->id);
                (void)snprintf(path, sizeof(path), "cpu%u", cpu->id);
                /* A CPU may be taken out of the machine after the list was read. */
                fd = openat(root, path, O_PATH | O_DIRECTORY | O_CLOEXEC);
                if (fd < 0)
                        continue;
                r = enumerate_states(fd, snapshot, cpu);
                (void)close(fd);
                if (r < 0)
                        return r;
        }
        return 0;
}

static int enumerate_below(int root, Snapshot *snapshot)
{
        int r;

        r = enumerate_cpus(root, snapshot);
        if (r < 0)
                return r;
        r = enumerate_policies(root, snapshot);
        if (r < 0)
                return r;
        (void)sysfs_read_at(root, "cpuidle/current_driver", snapshot->idle_driver, sizeof(snapshot->idle_driver));
        /* Before 5.10 current_governor exists only with the boot parameter cpuidle_sysfs_switch
         * (drivers/cpuidle/sysfs.c). */
        if (sysfs_read_at(root, "cpuidle/current_governor", snapshot->idle_governor, sizeof(snapshot->idle_governor)) <
            0)
                (void)sysfs_read_at(root, "cpuidle/current_governor_ro", snapshot->idle_governor,
                                    sizeof(snapshot->idle_governor));
        return 0;
}

static int cpu_enumerate(void *userdata, Snapshot *ret)
{
        _cleanup_snapshot_ Snapshot snapshot = {};
        int root, r;

        root = open(cpu_root, O_PATH | O_DIRECTORY | O_CLOEXEC);
        if (root < 0)
                return -errno;
        r = enumerate_below(root, &snapshot);
        (void)close(root);
        if (r < 0)
                return r;
        *ret = TAKE_STRUCT(snapshot);
        return 0;
}

static int cpu_read(void *userdata, const KnobId *id, char buffer[static KNOB_VALUE_SIZE])
{
        char knob[KNOB_NAME_SIZE], path[sizeof(cpu_root) + KNOB_NAME_SIZE];

        (void)snprintf(path, sizeof(path), "%s/%s", cpu_root, knob_path_format(id, knob));
        return sysfs_read_at(AT_FDCWD, path, buffer, KNOB_VALUE_SIZE);
}

/* Its setters return -ENODEV or -1..-3 for whatever went wrong and leave the cause in errno, which the caller has
 * cleared; -EINVAL alone is its own verdict on an argument. No errno: a short write. */
static int translate_result(int r)
{
        int error = errno;

        if (r == 0)
                return 0;
        if (error > 0)
                return -error;
        return r == -EINVAL ? -EINVAL : -EIO;
}

static int write_file(const KnobId *id, const char *value)
{
        char knob[KNOB_NAME_SIZE], path[sizeof(cpu_root) + KNOB_NAME_SIZE];

        (void)snprintf(path, sizeof(path), "%s/%s", cpu_root, knob_path_format(id, knob));
        return sysfs_write(path, value);
}

static int write_governor(const KnobId *id, unsigned cpu, const char *value)
{
        char governor[KNOB_VALUE_SIZE];

        /* libcpupower refuses other names with -EINVAL before it opens the file; a governor from outside the kernel's tree may have
         * one, and what stood there must be able to come back. */
        if (value[strspn(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-")] != '\0')
                return write_file(id, value);
        /* It takes a char *. */
        (void)snprintf(governor, sizeof(governor), "%s", value);
        errno = 0;
        return translate_result(cpufreq_modify_policy_governor(cpu, governor));
}

/* cpufreq_set_frequency() switches to the governor userspace by itself when another one is in force: a write nobody
 * planned, and a transition. So the kernel's answer under another governor, EINVAL, is given here. */
static int write_setspeed(const KnobId *id, unsigned cpu, uint64_t khz)
{
        const KnobId governor = { .knob = KNOB_SCALING_GOVERNOR, .id = id->id };
        char value[KNOB_VALUE_SIZE];
        int r;

        r = cpu_read(NULL, &governor, value);
        if (r < 0)
                return r;
        if (strcmp(value, "userspace") != 0)
                return -EINVAL;
        errno = 0;
        return translate_result(cpufreq_set_frequency(cpu, khz));
}

static int write_number(const KnobId *id, unsigned cpu, const char *value)
{
        uint64_t number;
        int r;

        r = parse_u64(value, 0, ULONG_MAX, &number);
        if (r < 0)
                return -EINVAL;
        errno = 0;
        switch (id->knob) {
        case KNOB_SCALING_MAX_FREQ:
                return translate_result(cpufreq_modify_policy_max(cpu, number));
        case KNOB_SCALING_MIN_FREQ:
                return translate_result(cpufreq_modify_policy_min(cpu, number));
        case KNOB_SCALING_SETSPEED:
                return write_setspeed(id, cpu, number);
        default:
                return -EINVAL;
        }
}

static int cpu_write(void *userdata, const KnobId *id, unsigned cpu, const char *value)
{
        int r;

        /* An empty governor would be a write of no bytes, which libcpupower calls a success. */
        r = knob_value_check(id->knob, value);
        if (r < 0)
                return r;
        switch (id->knob) {
        case KNOB_SCALING_GOVERNOR:
                return write_governor(id, cpu, value);
        case KNOB_ENERGY_PERFORMANCE_PREFERENCE:
        case KNOB_ENERGY_PERF_BIAS:
                /* libcpupower 6.1 has no call for either; 7.2 got one. */
                return write_file(id, value);
        case KNOB_DISABLE:
                /* cpuidle_state_disable() counts the states of the CPU first, by a stat of each, and then asks for the file: with
                 * four states six calls before the three of the write (tools/power/cpupower/lib/cpuidle.c). */
                return write_file(id, value);
        default:
                return write_number(id, cpu, value);
        }
}

const CpuOps cpu_ops = {
        .enumerate = cpu_enumerate,
        .read = cpu_read,
        .write = cpu_write,
};
