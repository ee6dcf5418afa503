/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe/cpus.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/macro.h"
#include "host/sysfs.h"

#define CPU_DIR "/sys/devices/system/cpu"

static int read_list(const char *name, CpuSet *ret)
{
        _cleanup_free_ char *text = NULL;
        char path[64];
        int r;

        snprintf(path, sizeof(path), CPU_DIR "/%s", name);
        r = sysfs_read_string_at(AT_FDCWD, path, &text);
        return r < 0 ? r : cpuset_parse(text, ret);
}

static int read_id(unsigned cpu, const char *name)
{
        char path[96], text[16];

        snprintf(path, sizeof(path), CPU_DIR "/cpu%u/topology/%s", cpu, name);
        return sysfs_read_at(AT_FDCWD, path, text, sizeof(text)) < 0 ? -1 : atoi(text);
}

/* A list that is missing or empty adds no CPU; nor does "(null)", which nohz_full contains without the boot
 * parameter. */
static void add_list(const char *name, CpuSet *set)
{
        _cleanup_cpuset_ CpuSet more = {};

        if (read_list(name, &more) == 0)
                (void)cpuset_add_all(set, &more);
}

/* Adds the CPUs that this process may use. 0 or -errno. */
static int add_allowed(CpuSet *set)
{
        CpuMask mask;

        if (sched_getaffinity(0, sizeof(mask), mask) < 0)
                return -errno;
        for (unsigned i = 0; i < CPUSET_MAX; i++)
                if (CPU_ISSET_S(i, sizeof(mask), mask) && cpuset_add(set, i) < 0)
                        return -ENOMEM;
        return 0;
}

static bool same_die(const ProbeCpu *a, const ProbeCpu *b)
{
        return a->package == b->package && a->die == b->die;
}

void probe_choose_leaders(ProbeResult *result)
{
        size_t first = 0;

        while (first < result->n && result->cpus[first].fate != PROBE_MEASURED)
                first++;
        result->reference = first;
        for (size_t i = first; i < result->n; i++) {
                size_t leader = first;

                while (leader < i && (result->cpus[leader].fate != PROBE_MEASURED ||
                                      !same_die(&result->cpus[leader], &result->cpus[i])))
                        leader++;
                result->cpus[i].leader = leader < i ? leader : first;
        }
}

typedef struct Lists {
        CpuSet wanted, online, isolated, allowed;
} Lists;

static void lists_done(Lists *lists)
{
        cpuset_done(&lists->wanted);
        cpuset_done(&lists->online);
        cpuset_done(&lists->isolated);
        cpuset_done(&lists->allowed);
}

static int lists_read(const ProbeOptions *options, Lists *lists)
{
        int r = options->cpus ? cpuset_copy(&lists->wanted, options->cpus) : read_list("present", &lists->wanted);

        if (r == 0)
                r = read_list("online", &lists->online);
        if (r == 0)
                r = add_allowed(&lists->allowed);
        if (r == 0 && !options->cpus && !options->all) {
                add_list("isolated", &lists->isolated);
                add_list("nohz_full", &lists->isolated);
        }
        return r;
}

static ProbeFate fate_of(const Lists *lists, unsigned cpu)
{
        if (!cpuset_has(&lists->online, cpu))
                return PROBE_OFFLINE;
        if (cpuset_has(&lists->isolated, cpu))
                return PROBE_ISOLATED;
        return cpuset_has(&lists->allowed, cpu) ? PROBE_MEASURED : PROBE_FORBIDDEN;
}

int probe_list_cpus(const ProbeOptions *options, ProbeResult *ret)
{
        _cleanup_(lists_done) Lists lists = {};
        _cleanup_probe_result_ ProbeResult result = {};
        int r = lists_read(options, &lists);

        if (r < 0)
                return r;
        result.cpus = calloc(cpuset_count(&lists.wanted) + 1, sizeof(ProbeCpu));
        if (!result.cpus)
                return -ENOMEM;
        for (int cpu = cpuset_next(&lists.wanted, 0); cpu >= 0; cpu = cpuset_next(&lists.wanted, cpu + 1)) {
                result.cpus[result.n++] = (ProbeCpu) {
                        .id = cpu,
                        .package = read_id(cpu, "physical_package_id"),
                        .die = read_id(cpu, "die_id"),
                        .fate = fate_of(&lists, cpu),
                };
                result.n_online += cpuset_has(&lists.online, cpu);
        }
        probe_choose_leaders(&result);
        if (result.reference == result.n)
                return -ENODEV;
        *ret = TAKE_STRUCT(result);
        return 0;
}
