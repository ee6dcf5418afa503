/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The only file that uses libcpupower. It writes through the library but reads by itself: the library's getters return
 * 0 (or NULL) both for a failure and for a real 0, so "offline" would look like "0 kHz"
 * (tools/power/cpupower/lib/cpufreq.c).
 */
#include "host/cpu.h"

#include <cpufreq.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "base/append.h"
#include "base/macro.h"
#include "base/parse.h"
#include "host/cpu-enumerate.h"
#include "host/sysfs.h"

#define FULL_PATH_SIZE (sizeof(CPU_ROOT) + KNOB_NAME_SIZE)

static const char *full_path(const KnobId *id, char buffer[static FULL_PATH_SIZE])
{
        (void)knob_path_format(id, stpcpy(buffer, CPU_ROOT "/"));
        return buffer;
}

static int cpu_read(void *userdata, const KnobId *id, char buffer[static KNOB_VALUE_SIZE])
{
        char path[FULL_PATH_SIZE];

        return sysfs_read_at(AT_FDCWD, full_path(id, path), buffer, KNOB_VALUE_SIZE);
}

/* libcpupower's setters return -ENODEV or -1..-3 for every failure and leave the cause in errno, which the caller has
 * cleared. Only -EINVAL is the library's own judgement of an argument. No errno means a short write. */
static int translate_result(int r)
{
        int error = errno;

        if (r == 0)
                return 0;
        if (error > 0)
                return -error;
        return r == -EINVAL ? -EINVAL : -EIO;
}

static int write_file(const KnobId *id, const char *value, char actual[static KNOB_VALUE_SIZE])
{
        char path[FULL_PATH_SIZE];

        return sysfs_write(full_path(id, path), value, actual, KNOB_VALUE_SIZE);
}

static int write_governor(const KnobId *id, unsigned cpu, const char *value, char actual[static KNOB_VALUE_SIZE])
{
        char governor[KNOB_VALUE_SIZE];

        /* libcpupower refuses other names with -EINVAL before it opens the file. A governor from outside the kernel's
         * tree may have such a name, and it must be possible to restore it. */
        if (value[strspn(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-")] != '\0')
                return write_file(id, value, actual);
        /* The library's argument is a char *. */
        copy_text(governor, sizeof(governor), value);
        errno = 0;
        return translate_result(cpufreq_modify_policy_governor(cpu, governor));
}

/* cpufreq_set_frequency() switches to governor userspace by itself if another one is in force: an unplanned write, and
 * a frequency change. So under another governor this function returns EINVAL, as the kernel would. */
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

static int cpu_write(void *userdata, const KnobId *id, unsigned cpu, const char *value,
                     char actual[static KNOB_VALUE_SIZE])
{
        int r;

        actual[0] = '\0';
        /* An empty governor would be a write of no bytes, which libcpupower reports as a success. */
        r = knob_value_check(id->knob, value);
        if (r < 0)
                return r;
        switch (id->knob) {
        case KNOB_SCALING_GOVERNOR:
                return write_governor(id, cpu, value, actual);
        case KNOB_ENERGY_PERFORMANCE_PREFERENCE:
        case KNOB_ENERGY_PERF_BIAS:
                /* libcpupower 6.1 has no call for these; 7.2 has one. */
                return write_file(id, value, actual);
        case KNOB_DISABLE:
                /* libcpupower's cpuidle_state_disable() calls stat(2) for each state of the CPU before it writes: with
                 * four states six system calls more for each write (tools/power/cpupower/lib/cpuidle.c). */
                return write_file(id, value, actual);
        default:
                return write_number(id, cpu, value);
        }
}

static int enumerate(void *userdata, Snapshot *ret)
{
        return cpu_enumerate(NULL, ret);
}

static int read_some(void *userdata, CpuReading *reading, unsigned n)
{
        return cpu_read_some(reading, n);
}

static int read_part(void *userdata, SnapshotPart *part, Snapshot *ret)
{
        return cpu_enumerate(part, ret);
}

static int watch(void *userdata, DriftWatch **ret)
{
        return drift_watch_new(drift_watch_open_fanotify(), getpid(), ret);
}

const CpuOps cpu_ops = {
        .enumerate = enumerate,
        .read_some = read_some,
        .read_part = read_part,
        .read = cpu_read,
        .write = cpu_write,
        .watch = watch,
};
