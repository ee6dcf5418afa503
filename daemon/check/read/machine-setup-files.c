/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Files of other programs, of each the little that `check` asks.
 */
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "check/read/machine-setup.h"

DEFINE_CLEANUP(FILE, fclose);

/* Calls take(line, userdata) with each line of a file, cut at its end, until that is not 0, which is returned. 0 also
 * when there is no such file. */
static int each_line(const char *path, int (*take)(const char *path, char *line, void *userdata), void *userdata)
{
        _cleanup_(fclosep) FILE *stream = fopen(path, "re");
        _cleanup_free_ char *line = NULL;
        size_t size = 0;
        int r = 0;

        while (r == 0 && stream && getline(&line, &size, stream) >= 0) {
                line[strcspn(line, "\r\n")] = '\0';
                r = take(path, line, userdata);
        }
        return r;
}

/* The same for every file that a pattern names, in the order of their names. */
static int each_file(const char *pattern, int (*take)(const char *path, char *line, void *userdata), void *userdata)
{
        glob_t found = {};
        int r = glob(pattern, 0, NULL, &found);

        r = r == GLOB_NOSPACE ? -ENOMEM : 0;
        for (size_t i = 0; r == 0 && i < found.gl_pathc; i++)
                r = each_line(found.gl_pathv[i], take, userdata);
        globfree(&found);
        return r;
}

/* modules-load.d(5): a name on a line; '-' and '_' are one. 1: found. */
static int take_module(const char *path, char *line, void *userdata)
{
        char **ret = userdata;

        line += strspn(line, " \t");
        line[strcspn(line, " \t")] = '\0';
        if (fnmatch("ptp[-_]kvm", line, 0) != 0)
                return 0;
        *ret = strdup(path);
        return *ret ? 1 : -ENOMEM;
}

static int take_module_file(const char *path, char *line, void *userdata)
{
        bool *found = userdata;

        *found = strstr(line, "/ptp_kvm.ko") != NULL;
        return *found;
}

int machine_setup_read_modules(MachineSetup *setup)
{
        static const char *const folders[] = {
                "/etc/modules-load.d/*.conf",     "/run/modules-load.d/*.conf", "/usr/local/lib/modules-load.d/*.conf",
                "/usr/lib/modules-load.d/*.conf", "/lib/modules-load.d/*.conf", "/etc/modules",
        };
        struct utsname name;
        char path[256];
        int r = 0;

        for (size_t i = 0; r == 0 && i < ARRAY_SIZE(folders); i++)
                r = each_file(folders[i], take_module, &setup->ptp_kvm_persistent);
        if (r < 0)
                return r;
        if (uname(&name) < 0)
                return 0;
        snprintf(path, sizeof(path), "/lib/modules/%s", name.release);
        setup->has_modules = access(path, F_OK) == 0;
        /* modules.dep(5): "PATH: what it depends on". */
        snprintf(path, sizeof(path), "/lib/modules/%s/modules.builtin", name.release);
        (void)each_line(path, take_module_file, &setup->ptp_kvm_builtin);
        snprintf(path, sizeof(path), "/lib/modules/%s/modules.dep", name.release);
        (void)each_line(path, take_module_file, &setup->ptp_kvm_module);
        setup->ptp_kvm_module |= setup->ptp_kvm_builtin || access("/sys/module/ptp_kvm", F_OK) == 0;
        return 0;
}

/* A shell's file: the last assignment holds. */
static int take_sync_time(const char *path, char *line, void *userdata)
{
        MachineSetup *setup = userdata;

        line += strspn(line, " \t");
        if (strncmp(line, "SYNC_TIME=", 10) != 0)
                return 0;
        line += 10;
        line += strspn(line, "\"'");
        setup->sync_time_assigned = true;
        setup->sync_time = line[0] == '1';
        return 0;
}

/* Where the service of libvirt-guests says which file it reads: "EnvironmentFile=-/etc/sysconfig/libvirt-guests". */
static int take_environment_file(const char *path, char *line, void *userdata)
{
        MachineSetup *setup = userdata;
        const char *file = line + strspn(line, " \t");

        if (strncmp(file, "EnvironmentFile=", 16) != 0)
                return 0;
        file += 16;
        file += *file == '-';
        setup->sync_time_file = strdup(file);
        return setup->sync_time_file ? 1 : -ENOMEM;
}

/* Each distribution builds libvirt with a folder of its own, and the file may be missing there: without the service's word it is
 * /etc/sysconfig wherever there is such a folder. */
static int find_sync_time_file(MachineSetup *setup)
{
        static const char *const units[] = {
                "/etc/systemd/system/libvirt-guests.service",
                "/usr/lib/systemd/system/libvirt-guests.service",
                "/lib/systemd/system/libvirt-guests.service",
        };
        int r = 0;

        for (size_t i = 0; r == 0 && i < ARRAY_SIZE(units); i++)
                r = each_line(units[i], take_environment_file, setup);
        if (r != 0)
                return r < 0 ? r : 0;
        setup->sync_time_file = strdup(access("/etc/sysconfig", F_OK) == 0 ? "/etc/sysconfig/libvirt-guests" :
                                                                             "/etc/default/libvirt-guests");
        return setup->sync_time_file ? 0 : -ENOMEM;
}

static bool is_there(const char *pattern)
{
        glob_t found = {};
        bool there = glob(pattern, 0, NULL, &found) == 0;

        globfree(&found);
        return there;
}

/* What is enabled is a link (systemctl(1), for scripts of /etc/init.d update-rc.d(8)), whether it leads anywhere or not. */
bool machine_setup_service_is_enabled(const char *service)
{
        char unit[128], script[128];

        snprintf(unit, sizeof(unit), "/etc/systemd/system/*.wants/%s.service", service);
        snprintf(script, sizeof(script), "/etc/rc[S2345].d/S[0-9][0-9]%s", service);
        return is_there(unit) || is_there(script);
}

int machine_setup_read_libvirt(MachineSetup *setup)
{
        int r;

        setup->libvirt = access("/usr/sbin/libvirtd", X_OK) == 0 || access("/usr/sbin/virtqemud", X_OK) == 0 ||
                         access("/etc/default/libvirt-guests", F_OK) == 0 ||
                         access("/etc/sysconfig/libvirt-guests", F_OK) == 0;
        if (!setup->libvirt)
                return 0;
        setup->libvirt_guests_enabled = machine_setup_service_is_enabled("libvirt-guests");
        r = find_sync_time_file(setup);
        return r < 0 ? r : each_line(setup->sync_time_file, take_sync_time, setup);
}
