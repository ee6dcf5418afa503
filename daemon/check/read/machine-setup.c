/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "check/read/machine-setup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/macro.h"
#include "base/time.h"
#include "base/words.h"
#include "check/guest-clock.h"
#include "check/read/files.h"
#include "check/read/phc.h"
#include "check/read/units.h"
#include "host/processes.h"
#include "host/runtime.h"
#include "host/sysfs.h"
#include "model/rival.h"

/* Limit for files of other programs, which may be damaged or hostile. */
#define FILE_MAX (64U << 10)

/* Leaves "" if the file cannot be read. */
static void read_value(const char *path, char *buffer, size_t size)
{
        if (sysfs_read_at(AT_FDCWD, path, buffer, size) < 0)
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

static void read_hypervisor(MachineSetup *setup)
{
        char text[64];

        read_value("/proc/xen/capabilities", text, sizeof(text));
        setup->dom0 = strstr(text, "control_d");
        read_value("/sys/hypervisor/type", text, sizeof(text));
        setup->xen = strcmp(text, "xen") == 0;
        /* In a guest, sys_vendor names the maker of the hypervisor. */
        read_value("/sys/class/dmi/id/sys_vendor", setup->vendor, sizeof(setup->vendor));
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

#define RTC "/sys/class/rtc/rtc0"
#define TEXT_SIZE 1024

/* Takes only the first line of /proc/stat, because the file is long on machines with many CPUs and interrupts. */
static int take_first(const char *path, char *line, void *userdata)
{
        char *buffer = userdata;

        snprintf(buffer, TEXT_SIZE, "%s", line);
        return 1;
}

/* Reads how late interrupts are, and the real-time clock. */
static void read_late_and_rtc(MachineSetup *setup)
{
        char stat[TEXT_SIZE] = "", pressure[TEXT_SIZE], adjtime[TEXT_SIZE], epoch[32];
        Rtc *rtc = &setup->rtc;

        (void)file_read_lines("/proc/stat", take_first, stat);
        read_value("/proc/pressure/irq", pressure, sizeof(pressure));
        late_parse(stat, pressure, &setup->late);
        read_value("/etc/adjtime", adjtime, sizeof(adjtime));
        read_value(RTC "/since_epoch", epoch, sizeof(epoch));
        *rtc = (Rtc) { .there = file_exists(RTC), .local = rtc_adjtime_is_local(adjtime), .known = epoch[0] };
        if (rtc->known)
                rtc->off_sec = rtc_offset(strtoll(epoch, NULL, 10), (double)time_usec(CLOCK_REALTIME) / 1e6);
}

int machine_setup_read(MachineSetup *ret)
{
        _cleanup_machine_setup_ MachineSetup setup = {};
        char linked[PHC_NAME_SIZE];

        (void)file_read_lines("/proc/cpuinfo", take_bugs, &setup);
        read_hypervisor(&setup);
        setup.kvm = file_exists("/dev/kvm") || file_exists("/sys/module/kvm");
        read_value("/sys/module/cpufreq/parameters/off", setup.cpufreq_off, PARAMETER_SIZE);
        read_value("/sys/module/processor/parameters/max_cstate", setup.processor_max_cstate, PARAMETER_SIZE);
        read_value("/sys/module/intel_idle/parameters/max_cstate", setup.intel_idle_max_cstate, PARAMETER_SIZE);
        setup.processes_known = processes_list(is_wanted, on_process, &setup) == 0;
        read_owner_services(&setup);
        setup.time_client_unit = units_have_time_client();
        setup.agent_unit = units_have("qemu-guest-agent.service");
        (void)phc_find(KVM_CLOCK_NAME, setup.ptp_kvm);
        setup.ptp_kvm_link = phc_of_device(KVM_CLOCK_LINK, linked) == 0 && strcmp(linked, setup.ptp_kvm) == 0;
        setup.agent_channel = file_exists("/dev/virtio-ports/org.qemu.guest_agent.0");
        read_late_and_rtc(&setup);
        if (machine_setup_read_modules(&setup) < 0 || machine_setup_read_clocks(&setup) < 0 ||
            machine_setup_read_libvirt(&setup) < 0)
                return -ENOMEM;
        *ret = TAKE_STRUCT(setup);
        return 0;
}
