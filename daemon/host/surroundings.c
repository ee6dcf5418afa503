/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/surroundings.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "host/processes.h"
#include "host/sysfs.h"

DEFINE_CLEANUP(DIR, closedir);
DEFINE_CLEANUP(FILE, fclose);

static bool exists(const char *path)
{
        return access(path, F_OK) == 0;
}

static void read_parameter(const char *path, char buffer[static PARAMETER_SIZE])
{
        if (sysfs_read_at(AT_FDCWD, path, buffer, PARAMETER_SIZE) < 0)
                buffer[0] = '\0';
}

/* /proc/cpuinfo has a line of bugs since Linux 4.1, the same on every CPU. */
static void read_bugs(Surroundings *around)
{
        _cleanup_(fclosep) FILE *stream = fopen("/proc/cpuinfo", "re");
        _cleanup_free_ char *line = NULL;
        size_t size = 0;

        while (stream && getline(&line, &size, stream) >= 0) {
                char *rest = line, *word;

                if (strncmp(line, "bugs\t", 5) != 0)
                        continue;
                while ((word = strsep(&rest, " \t\n")))
                        around->c1e |= strcmp(word, "apic_c1e") == 0;
                break;
        }
}

static void on_process(const char *command, const char *arguments, void *userdata)
{
        static const struct {
                const char *command; /* cut at 15 characters */
                GovernorOwner owner;
        } owners[] = {
                { "tuned", OWNER_TUNED },
                { "power-profiles-", OWNER_POWER_PROFILES },
                { "auto-cpufreq", OWNER_AUTO_CPUFREQ },
        };
        Surroundings *around = userdata;

        for (size_t i = 0; i < ARRAY_SIZE(owners); i++)
                if (strcmp(command, owners[i].command) == 0)
                        around->owners |= 1U << owners[i].owner;
        around->agent_running |= strcmp(command, "qemu-ga") == 0;
}

/* A oneshot service leaves no process; what is enabled is a link (systemctl(1)). */
static void read_cpupower_service(Surroundings *around)
{
        if (faccessat(AT_FDCWD, "/etc/systemd/system/multi-user.target.wants/cpupower.service", F_OK,
                      AT_SYMLINK_NOFOLLOW) == 0)
                around->owners |= 1U << OWNER_CPUPOWER;
}

static void copy_name(char buffer[static 32], const char *name)
{
        snprintf(buffer, 32, "%.31s", name);
}

/* By the clock's name, never by its number: ptp0 is a network interface's as often. */
static void read_ptp_clocks(Surroundings *around)
{
        _cleanup_(closedirp) DIR *class = opendir("/sys/class/ptp");
        struct dirent *entry;

        while (class && (entry = readdir(class))) {
                char path[64], name[64];

                if (strncmp(entry->d_name, "ptp", 3) != 0)
                        continue;
                snprintf(path, sizeof(path), "%.20s/clock_name", entry->d_name);
                if (sysfs_read_at(dirfd(class), path, name, sizeof(name)) == 0 && strcmp(name, PTP_KVM_CLOCK) == 0)
                        copy_name(around->ptp_kvm, entry->d_name);
                /* ptp_kvm's has no device behind it, a network interface's has. */
                snprintf(path, sizeof(path), "%.20s/device/net", entry->d_name);
                if (faccessat(dirfd(class), path, F_OK, 0) == 0)
                        copy_name(around->ptp_interface, entry->d_name);
        }
}

/* The PHC behind a device node, by its number, whatever links lead there. */
static void find_ptp(const char *device, char ret[static 32])
{
        char path[64], target[256];
        const char *name;
        struct stat st;
        ssize_t n;

        ret[0] = '\0';
        if (stat(device, &st) < 0 || !S_ISCHR(st.st_mode))
                return;
        snprintf(path, sizeof(path), "/sys/dev/char/%u:%u", major(st.st_rdev), minor(st.st_rdev));
        n = readlink(path, target, sizeof(target) - 1);
        if (n <= 0)
                return;
        target[n] = '\0';
        name = strrchr(target, '/');
        if (name && strncmp(name + 1, "ptp", 3) == 0)
                copy_name(ret, name + 1);
}

int surroundings_read(Surroundings *ret)
{
        _cleanup_surroundings_ Surroundings around = {};
        char linked[32];
        int r;

        read_bugs(&around);
        around.kvm = exists("/dev/kvm") || exists("/sys/module/kvm");
        read_parameter("/sys/module/cpufreq/parameters/off", around.cpufreq_off);
        read_parameter("/sys/module/processor/parameters/max_cstate", around.processor_max_cstate);
        read_parameter("/sys/module/intel_idle/parameters/max_cstate", around.intel_idle_max_cstate);
        around.processes_known = processes_list(on_process, &around) == 0;
        read_cpupower_service(&around);
        read_ptp_clocks(&around);
        find_ptp("/dev/ptp_kvm", linked);
        around.ptp_kvm_link = linked[0] && strcmp(linked, around.ptp_kvm) == 0;
        around.agent_channel = exists("/dev/virtio-ports/org.qemu.guest_agent.0");
        r = surroundings_read_modules(&around);
        if (r == 0)
                r = surroundings_read_chrony(&around);
        if (around.refclock)
                find_ptp(around.refclock, around.refclock_ptp);
        if (r == 0)
                r = surroundings_read_libvirt(&around);
        if (r < 0)
                return r;
        *ret = around;
        around = (Surroundings){};
        return 0;
}
