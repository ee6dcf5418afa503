/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Reads the settings that `check` needs from the files of other programs.
 */
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/log.h"
#include "base/words.h"
#include "check/layout.h"
#include "check/read/files.h"
#include "check/read/machine-setup.h"
#include "check/read/units.h"

#define LIBVIRT_GUESTS "/libvirt-guests"

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
                r = files_read_lines(folders[i], take_module, &setup->ptp_kvm_persistent);
        if (r < 0)
                return r;
        if (uname(&name) < 0)
                return 0;
        snprintf(path, sizeof(path), "/lib/modules/%s", name.release);
        setup->has_modules = file_exists(path);
        /* The lines of modules.builtin are paths. Those of modules.dep(5) begin with the module's path. */
        snprintf(path, sizeof(path), "/lib/modules/%s/modules.builtin", name.release);
        (void)file_read_lines(path, take_module_file, &setup->ptp_kvm_builtin);
        snprintf(path, sizeof(path), "/lib/modules/%s/modules.dep", name.release);
        (void)file_read_lines(path, take_module_file, &setup->ptp_kvm_module);
        setup->ptp_kvm_module |= setup->ptp_kvm_builtin || file_exists("/sys/module/ptp_kvm");
        return 0;
}

/* Called for each line; the last assignment counts, as in a shell. */
static int take_sync_time(const char *path, char *line, void *userdata)
{
        MachineSetup *setup = userdata;
        const char *value = text_after(line + strspn(line, " \t"), "SYNC_TIME=");

        if (!value)
                return 0;
        setup->sync_time_assigned = true;
        setup->sync_time = value[strspn(value, "\"'")] == '1';
        return 0;
}

/* Takes the path from "EnvironmentFile=-/etc/sysconfig/libvirt-guests" in libvirt-guests.service. */
static int take_environment_file(const char *path, char *line, void *userdata)
{
        MachineSetup *setup = userdata;
        const char *file = text_after(line + strspn(line, " \t"), "EnvironmentFile=");

        if (!file)
                return 0;
        file += *file == '-';
        setup->sync_time_file = strdup(file);
        return setup->sync_time_file ? 1 : -ENOMEM;
}

/* Distributions build libvirt with different folders for this file, and it need not exist. */
static int find_sync_time_file(MachineSetup *setup)
{
        static const char *const units[] = {
                "/etc/systemd/system/libvirt-guests.service",
                "/usr/lib/systemd/system/libvirt-guests.service",
                "/lib/systemd/system/libvirt-guests.service",
        };

        for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
                int r = file_read_lines(units[i], take_environment_file, setup);

                if (r != 0)
                        return r;
        }
        setup->sync_time_file = text_format("%s" LIBVIRT_GUESTS, layout_find_settings(file_exists)->settings);
        return setup->sync_time_file ? 0 : -ENOMEM;
}

static bool has_libvirt(void)
{
        bool has = access("/usr/sbin/libvirtd", X_OK) == 0 || access("/usr/sbin/virtqemud", X_OK) == 0;
        char path[64];

        for (LayoutFamily family = 0; !has && family < LAYOUT_MAX_; family++) {
                snprintf(path, sizeof(path), "%s" LIBVIRT_GUESTS, layouts[family].settings);
                has = file_exists(path);
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
        return r < 0 ? r : file_read_lines(setup->sync_time_file, take_sync_time, setup);
}
