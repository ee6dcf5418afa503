/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/facts.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "base/append.h"
#include "base/macro.h"
#include "base/parse.h"
#include "base/words.h"
#include "host/clocksource.h"
#include "host/sysfs.h"

DEFINE_CLEANUP(FILE, fclose);

enum {
        FLAG_CONSTANT_TSC,
        FLAG_NONSTOP_TSC,
        FLAG_TSC_SCALING,
};

/* The flags that count only if every CPU has them, and where Facts keeps them. */
static const struct {
        const char *name;
        size_t member;
} flags[] = {
        [FLAG_CONSTANT_TSC] = { "constant_tsc", offsetof(Facts, constant_tsc) },
        [FLAG_NONSTOP_TSC] = { "nonstop_tsc", offsetof(Facts, nonstop_tsc) },
        /* AMD's name for it. Intel's flag is among the "vmx flags". */
        [FLAG_TSC_SCALING] = { "tsc_scale", offsetof(Facts, tsc_scaling) },
        { "hypervisor", offsetof(Facts, hypervisor) },
        { "tsc", offsetof(Facts, has_tsc) },
        { "tsc_adjust", offsetof(Facts, tsc_adjust) },
        { "tsc_reliable", offsetof(Facts, tsc_reliable) },
};

/* Reads the paragraph of one CPU. */
typedef struct CpuLines {
        bool open;
        unsigned cpu;
        bool has[ARRAY_SIZE(flags)];
} CpuLines;

static int close_cpu(CpuLines *lines, Facts *facts)
{
        if (!lines->open)
                return 0;
        for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
                bool *every = (bool *)((char *)facts + flags[i].member);

                *every = lines->has[i] && (*every || facts->n_cpus == 0);
        }
        facts->n_cpus++;
        if (!lines->has[FLAG_CONSTANT_TSC] && cpuset_add(&facts->without_constant_tsc, lines->cpu) < 0)
                return -ENOMEM;
        if (!lines->has[FLAG_NONSTOP_TSC] && cpuset_add(&facts->without_nonstop_tsc, lines->cpu) < 0)
                return -ENOMEM;
        *lines = (CpuLines) {};
        return 0;
}

static void take_flags(CpuLines *lines, char *value)
{
        char *flag;

        while ((flag = strsep(&value, " ")))
                for (size_t i = 0; i < ARRAY_SIZE(flags); i++)
                        if (strcmp(flag, flags[i].name) == 0)
                                lines->has[i] = true;
}

static int take_field(CpuLines *lines, Facts *facts, const char *key, char *value)
{
        int r;

        if (strcmp(key, "processor") == 0) {
                r = close_cpu(lines, facts);
                if (r < 0)
                        return r;
                if (parse_unsigned(value, 0, CPUSET_MAX - 1, &lines->cpu) < 0)
                        return -EBADMSG;
                lines->open = true;
        } else if (strcmp(key, "flags") == 0 && lines->open) {
                take_flags(lines, value);
        } else if (strcmp(key, "vmx flags") == 0 && lines->open) {
                /* Printed since Linux 5.6 (arch/x86/include/asm/vmxfeatures.h). */
                lines->has[FLAG_TSC_SCALING] |= words_have(value, "tsc_scaling");
        } else if (facts->n_cpus > 0) {
                /* The other lines are the same for every CPU of a host. */
                return 0;
        } else if (strcmp(key, "vendor_id") == 0) {
                (void)snprintf(facts->vendor, sizeof(facts->vendor), "%s", value);
        } else if (strcmp(key, "cpu family") == 0) {
                (void)parse_unsigned(value, 0, UINT32_MAX, &facts->family);
        } else if (strcmp(key, "model") == 0) {
                (void)parse_unsigned(value, 0, UINT32_MAX, &facts->model);
        } else if (strcmp(key, "microcode") == 0) {
                (void)snprintf(facts->microcode, sizeof(facts->microcode), "%s", value);
        }
        return 0;
}

/* "key<TABs>: value" as arch/x86/kernel/cpu/proc.c prints it. False: no such line. */
static bool split_field(char *line, char **ret_value)
{
        char *colon = strchr(line, ':');
        char *end = colon;

        if (!colon)
                return false;
        while (end > line && (end[-1] == '\t' || end[-1] == ' '))
                end--;
        *end = '\0';
        colon++;
        *ret_value = colon + strspn(colon, " ");
        (*ret_value)[strcspn(*ret_value, "\n")] = '\0';
        return true;
}

int facts_parse_cpuinfo(FILE *stream, Facts *facts)
{
        _cleanup_free_ char *line = NULL;
        CpuLines lines = {};
        size_t size = 0;
        int r;

        while (errno = 0, getline(&line, &size, stream) >= 0) {
                char *value;

                if (!split_field(line, &value))
                        continue;
                r = take_field(&lines, facts, line, value);
                if (r < 0)
                        return r;
        }
        if (!feof(stream))
                return errno > 0 ? -errno : -EIO;
        r = close_cpu(&lines, facts);
        if (r < 0)
                return r;
        return facts->n_cpus == 0 ? -EBADMSG : 0;
}

static int read_cpuinfo(Facts *facts)
{
        _cleanup_(fclosep) FILE *stream = fopen("/proc/cpuinfo", "re");

        return stream ? facts_parse_cpuinfo(stream, facts) : -errno;
}

/* Reads a list of CPUs or nodes; the empty set when it cannot be read. 0 or -ENOMEM. */
static int read_list(const char *path, CpuSet *ret)
{
        _cleanup_free_ char *text = NULL;
        int r;

        r = sysfs_read_string_at(AT_FDCWD, path, &text);
        if (r < 0)
                return r == -ENOMEM ? r : 0;
        return cpuset_parse(text, ret) == -ENOMEM ? -ENOMEM : 0;
}

/* One CPU of each package names the others: a large host has thousands of CPUs. `online` loses its members. */
static int count_packages(CpuSet *online, unsigned *ret)
{
        unsigned n = 0;
        int cpu;

        while ((cpu = cpuset_next(online, 0)) >= 0) {
                _cleanup_cpuset_ CpuSet package = {};
                char path[96];

                strcpy(append_number(stpcpy(path, "/sys/devices/system/cpu/cpu"), (unsigned)cpu),
                       "/topology/core_siblings_list");
                if (read_list(path, &package) < 0)
                        return -ENOMEM;
                n += cpuset_has(&package, (unsigned)cpu);
                cpuset_remove(online, (unsigned)cpu);
                cpuset_remove_all(online, &package);
        }
        *ret = n;
        return 0;
}

static int count_topology(Facts *facts)
{
        _cleanup_cpuset_ CpuSet possible = {}, online = {}, nodes = {};
        int r;

        r = read_list("/sys/devices/system/cpu/possible", &possible);
        if (r < 0)
                return r;
        /* sysfs has no topology for an offline CPU. */
        r = read_list("/sys/devices/system/cpu/online", &online);
        if (r < 0)
                return r;
        r = read_list("/sys/devices/system/node/online", &nodes);
        if (r < 0)
                return r;
        facts->n_possible = cpuset_count(&possible);
        facts->n_nodes = cpuset_count(&nodes);
        return count_packages(&online, &facts->n_packages);
}

static void read_kernel_version(Facts *facts)
{
        struct utsname name;
        unsigned major, minor;

        if (uname(&name) < 0 || sscanf(name.release, "%4u.%4u", &major, &minor) != 2)
                return;
        facts->kernel_major = major;
        facts->kernel_minor = minor;
}

/* The file reads "none" while no driver has registered. */
static void read_idle_driver(Facts *facts)
{
        if (sysfs_read_at(AT_FDCWD, "/sys/devices/system/cpu/cpuidle/current_driver", facts->idle_driver,
                          sizeof(facts->idle_driver)) < 0 ||
            strcmp(facts->idle_driver, "none") == 0)
                facts->idle_driver[0] = '\0';
}

/* Only the control domain of Xen (dom0) has "control_d" in this file (drivers/xen/xenfs/super.c). */
static bool is_xen_control(void)
{
        char text[64];

        return sysfs_read_at(AT_FDCWD, "/proc/xen/capabilities", text, sizeof(text)) >= 0 && strstr(text, "control_d");
}

int facts_read(Facts *ret)
{
        _cleanup_facts_ Facts facts = {};
        char *cmdline;
        int r;

        r = read_cpuinfo(&facts);
        if (r < 0)
                return r;
        r = sysfs_read_string_at(AT_FDCWD, "/proc/cmdline", &cmdline);
        if (r < 0)
                return r;
        facts.cmdline = cmdline;
        r = clocksource_read(&facts.clocksource, &facts.available_clocksources);
        if (r < 0)
                return r;
        r = count_topology(&facts);
        if (r < 0)
                return r;
        read_idle_driver(&facts);
        facts.xen_control = is_xen_control();
        read_kernel_version(&facts);
        *ret = TAKE_STRUCT(facts);
        return 0;
}
