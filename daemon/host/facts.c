/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/facts.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/parse.h"
#include "host/sysfs.h"

DEFINE_CLEANUP(FILE, fclose);

/* One CPU's paragraph. */
typedef struct CpuLines {
        bool open;
        unsigned cpu;
        bool constant_tsc;
        bool nonstop_tsc;
        bool hypervisor;
} CpuLines;

static int close_cpu(CpuLines *lines, Facts *facts)
{
        int r;

        if (!lines->open)
                return 0;
        facts->hypervisor = lines->hypervisor && (facts->n_cpus == 0 || facts->hypervisor);
        facts->n_cpus++;
        if (!lines->constant_tsc) {
                r = cpuset_add(&facts->without_constant_tsc, lines->cpu);
                if (r < 0)
                        return r;
        }
        if (!lines->nonstop_tsc) {
                r = cpuset_add(&facts->without_nonstop_tsc, lines->cpu);
                if (r < 0)
                        return r;
        }
        *lines = (CpuLines){ 0 };
        return 0;
}

static void take_flags(CpuLines *lines, char *value)
{
        char *flag;

        while ((flag = strsep(&value, " "))) {
                if (strcmp(flag, "constant_tsc") == 0)
                        lines->constant_tsc = true;
                else if (strcmp(flag, "nonstop_tsc") == 0)
                        lines->nonstop_tsc = true;
                else if (strcmp(flag, "hypervisor") == 0)
                        lines->hypervisor = true;
        }
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
        } else if (strcmp(key, "flags") == 0) {
                if (lines->open)
                        take_flags(lines, value);
        } else if (facts->n_cpus > 0) {
                /* The rest is the same on every CPU of a host. */
                return 0;
        } else if (strcmp(key, "vendor_id") == 0) {
                (void)snprintf(facts->vendor, sizeof(facts->vendor), "%s", value);
        } else if (strcmp(key, "cpu family") == 0) {
                (void)parse_unsigned(value, 0, UINT32_MAX, &facts->family);
        } else if (strcmp(key, "model") == 0) {
                (void)parse_unsigned(value, 0, UINT32_MAX, &facts->model);
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
        CpuLines lines = { 0 };
        size_t size = 0;
        int r;

        for (;;) {
                char *value;

                errno = 0;
                if (getline(&line, &size, stream) < 0)
                        break;
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
        if (facts->n_cpus == 0)
                return -EBADMSG;
        facts->constant_tsc = cpuset_is_empty(&facts->without_constant_tsc);
        facts->nonstop_tsc = cpuset_is_empty(&facts->without_nonstop_tsc);
        return 0;
}

static int read_cpuinfo(Facts *facts)
{
        _cleanup_(fclosep) FILE *stream = NULL;

        stream = fopen("/proc/cpuinfo", "re");
        if (!stream)
                return -errno;
        return facts_parse_cpuinfo(stream, facts);
}

static int read_clocksource(const char *path, char **ret)
{
        int r = sysfs_read_string_at(AT_FDCWD, path, ret);

        return r == -ENOMEM ? r : 0;
}

int facts_read(Facts *ret)
{
        _cleanup_facts_ Facts facts = { 0 };
        int r;

        r = read_cpuinfo(&facts);
        if (r < 0)
                return r;
        r = sysfs_read_string_at(AT_FDCWD, "/proc/cmdline", &facts.cmdline);
        if (r < 0)
                return r;
        r = read_clocksource("/sys/devices/system/clocksource/clocksource0/current_clocksource", &facts.clocksource);
        if (r < 0)
                return r;
        r = read_clocksource("/sys/devices/system/clocksource/clocksource0/available_clocksource",
                             &facts.available_clocksources);
        if (r < 0)
                return r;
        *ret = facts;
        facts = (Facts){ 0 };
        return 0;
}
