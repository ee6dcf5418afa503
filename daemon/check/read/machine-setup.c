/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "check/read/machine-setup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/macro.h"
#include "base/words.h"
#include "check/guest-clock.h"
#include "check/read/clocks.h"
#include "check/read/files.h"
#include "check/read/phc.h"
#include "check/read/units.h"
#include "host/processes.h"
#include "host/runtime.h"
#include "host/sysfs.h"
#include "model/rival.h"

/* Limit for files of other programs, which may be damaged or hostile. */
#define FILE_MAX (64U << 10)

static void read_parameter(const char *path, char buffer[static PARAMETER_SIZE])
{
        if (sysfs_read_at(AT_FDCWD, path, buffer, PARAMETER_SIZE) < 0)
                buffer[0] = '\0';
}

/* Since Linux 4.1 /proc/cpuinfo has a line "bugs" for each CPU, always with the same content. */
static int take_bugs(const char *path, char *line, void *userdata)
{
        MachineSetup *setup = userdata;

        if (strncmp(line, "bugs\t", 5) != 0)
                return 0;
        setup->c1e = words_have(line, "apic_c1e");
        return 1;
}

static bool is_dom0(void)
{
        char text[64];

        return sysfs_read_at(AT_FDCWD, "/proc/xen/capabilities", text, sizeof(text)) == 0 && strstr(text, "control_d");
}

/* In a guest, sys_vendor names the maker of the hypervisor. */
static void read_hypervisor(MachineSetup *setup)
{
        char type[16];

        if (sysfs_read_at(AT_FDCWD, "/sys/class/dmi/id/sys_vendor", setup->vendor, sizeof(setup->vendor)) < 0)
                setup->vendor[0] = '\0';
        setup->xen =
                sysfs_read_at(AT_FDCWD, "/sys/hypervisor/type", type, sizeof(type)) == 0 && strcmp(type, "xen") == 0;
}

static void read_agent(MachineSetup *setup, const char *arguments)
{
        _cleanup_free_ char *file = NULL;
        size_t size;

        (void)runtime_read_file(AT_FDCWD, AGENT_FILE, FILE_MAX, &file, &size);
        setup->agent_running = true;
        agent_judge(arguments, file, &setup->agent);
}

static bool is_wanted(const char *command)
{
        return rival_from_command(command) < RIVAL_MAX_ || strcmp(command, "qemu-ga") == 0 ||
               strcmp(command, "tscwardend") == 0;
}

static void on_process(const Process *process, void *userdata)
{
        MachineSetup *setup = userdata;
        Rival rival = rival_from_command(process->command);

        if (rival < RIVAL_MAX_)
                setup->owners |= 1U << rival;
        if (strcmp(process->command, "qemu-ga") == 0)
                read_agent(setup, process->arguments);
        setup->warden_running |= strcmp(process->command, "tscwardend") == 0;
}

static void read_owner_services(MachineSetup *setup)
{
        for (Rival rival = 0; rival < RIVAL_MAX_; rival++) {
                if (!rival_facts[rival].sets_governor || !units_service_is_enabled(rival_facts[rival].service))
                        continue;
                setup->owners_enabled |= 1U << rival;
                if (rival_facts[rival].ends_at_once)
                        setup->owners |= 1U << rival;
        }
}

int machine_setup_read_clocks(MachineSetup *setup)
{
        if (phc_of_host(setup->host_phc) == 0)
                setup->host_phc_kind = phc_kind(setup->host_phc);
        (void)phc_of_network(setup->ptp_interface);
        return machine_setup_read_chrony(setup);
}

int machine_setup_read(MachineSetup *ret)
{
        _cleanup_machine_setup_ MachineSetup setup = {};
        char linked[PHC_NAME_SIZE];

        (void)file_read_lines("/proc/cpuinfo", take_bugs, &setup);
        setup.dom0 = is_dom0();
        setup.kvm = file_exists("/dev/kvm") || file_exists("/sys/module/kvm");
        read_parameter("/sys/module/cpufreq/parameters/off", setup.cpufreq_off);
        read_parameter("/sys/module/processor/parameters/max_cstate", setup.processor_max_cstate);
        read_parameter("/sys/module/intel_idle/parameters/max_cstate", setup.intel_idle_max_cstate);
        setup.processes_known = processes_list(is_wanted, on_process, &setup) == 0;
        read_owner_services(&setup);
        setup.time_client_unit = units_have_time_client();
        setup.agent_unit = units_have("qemu-guest-agent.service");
        read_hypervisor(&setup);
        (void)phc_find(KVM_CLOCK_NAME, setup.ptp_kvm);
        setup.ptp_kvm_link = phc_of_device(KVM_CLOCK_LINK, linked) == 0 && strcmp(linked, setup.ptp_kvm) == 0;
        setup.agent_channel = file_exists("/dev/virtio-ports/org.qemu.guest_agent.0");
        if (machine_setup_read_modules(&setup) < 0 || clocks_read(&setup.late, &setup.rtc) < 0 ||
            machine_setup_read_clocks(&setup) < 0 || machine_setup_read_libvirt(&setup) < 0)
                return -ENOMEM;
        *ret = TAKE_STRUCT(setup);
        return 0;
}
