/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Reads the settings that `check` needs from the files of other programs.
 */
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "check/layout.h"
#include "check/read/machine-setup.h"
#include "check/read/units.h"

#define LIBVIRT_GUESTS "/libvirt-guests"

DEFINE_CLEANUP(FILE, fclose);

/* Calls take() for each line of a file, without its end-of-line characters, until take() returns something else than
 * 0, and returns that. 0 also if there is no such file. */
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

/* The same for every file that matches a pattern, sorted by name. */
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

/* A line in modules-load.d(5) is a module's name; '-' and '_' are equivalent. 1: it is ptp_kvm. */
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
        /* The lines of modules.builtin are paths. Those of modules.dep(5) begin with the module's path. */
        snprintf(path, sizeof(path), "/lib/modules/%s/modules.builtin", name.release);
        (void)each_line(path, take_module_file, &setup->ptp_kvm_builtin);
        snprintf(path, sizeof(path), "/lib/modules/%s/modules.dep", name.release);
        (void)each_line(path, take_module_file, &setup->ptp_kvm_module);
        setup->ptp_kvm_module |= setup->ptp_kvm_builtin || access("/sys/module/ptp_kvm", F_OK) == 0;
        return 0;
}

/* Called for each line; the last assignment counts, as in a shell. */
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

/* Takes the path from "EnvironmentFile=-/etc/sysconfig/libvirt-guests" in libvirt-guests.service. */
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

static bool exists(const char *path)
{
        return access(path, F_OK) == 0;
}

/* Distributions build libvirt with different folders for this file, and it need not exist. */
static int find_sync_time_file(MachineSetup *setup)
{
        static const char *const units[] = {
                "/etc/systemd/system/libvirt-guests.service",
                "/usr/lib/systemd/system/libvirt-guests.service",
                "/lib/systemd/system/libvirt-guests.service",
        };
        char *path;
        int r = 0;

        for (size_t i = 0; r == 0 && i < ARRAY_SIZE(units); i++)
                r = each_line(units[i], take_environment_file, setup);
        if (r != 0)
                return r < 0 ? r : 0;
        if (asprintf(&path, "%s" LIBVIRT_GUESTS, layout_find_settings(exists)->settings) < 0)
                return -ENOMEM;
        setup->sync_time_file = path;
        return 0;
}

static bool has_libvirt(void)
{
        bool has = access("/usr/sbin/libvirtd", X_OK) == 0 || access("/usr/sbin/virtqemud", X_OK) == 0;
        char path[64];

        for (LayoutFamily family = 0; !has && family < LAYOUT_MAX_; family++) {
                snprintf(path, sizeof(path), "%s" LIBVIRT_GUESTS, layouts[family].settings);
                has = exists(path);
        }
        return has;
}

int machine_setup_read_libvirt(MachineSetup *setup)
{
        int r;

        setup->libvirt = has_libvirt();
        if (!setup->libvirt)
                return 0;
        setup->libvirt_guests_enabled = units_service_is_enabled("libvirt-guests");
        r = find_sync_time_file(setup);
        return r < 0 ? r : each_line(setup->sync_time_file, take_sync_time, setup);
}
