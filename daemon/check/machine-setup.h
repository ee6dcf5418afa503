/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What `check` needs in addition to the facts in order to judge a host or a guest by the KVM timekeeping
 * recommendations.
 */
#pragma once

#include <stdbool.h>
#include <stdlib.h>

#include "base/macro.h"
#include "check/agent.h"
#include "check/chrony-config.h"
#include "check/guest-clock.h"
#include "check/late.h"
#include "check/rtc.h"

#define PARAMETER_SIZE 32
#define VENDOR_SIZE 64

#define REFCLOCKS_MAX 16

typedef struct RefclockFound {
        char name[CHRONY_NAME_SIZE]; /* chronyc's name for it */
        PhcKind kind;                /* PHC_UNKNOWN for drivers other than PHC */
        char ptp[32];                /* the PHC that its device opens: "ptp0"; "" for none */
} RefclockFound;

typedef struct MachineSetup {
        bool dom0;                /* Xen's first domain, which is the host (/proc/xen/capabilities: control_d) */
        bool kvm;                 /* /dev/kvm exists, or the module kvm is loaded */
        bool xen;                 /* /sys/hypervisor/type is "xen", as in every domain of Xen */
        char vendor[VENDOR_SIZE]; /* /sys/class/dmi/id/sys_vendor; "" unknown */
        /* The firmware has enabled C1E on an AMD CPU: /proc/cpuinfo lists the bug apic_c1e
         * (arch/x86/kernel/process.c). */
        bool c1e;

        /* Current values in /sys/module/…/parameters; "" if the file cannot be read. */
        char cpufreq_off[PARAMETER_SIZE];
        char processor_max_cstate[PARAMETER_SIZE];
        char intel_idle_max_cstate[PARAMETER_SIZE];

        bool processes_known;
        unsigned owners;         /* one bit for each Rival that sets governors and runs, or did its work at boot */
        unsigned owners_enabled; /* those that are started at the next boot */
        bool warden_running;     /* tscwardend */
        bool agent_running;      /* qemu-ga, QEMU's guest agent */
        AgentFound agent;        /* its configuration, if it runs */

        char host_phc[32]; /* a PHC that the hypervisor keeps right: "ptp1", preferably that of ptp_kvm; "" for none */
        PhcKind host_phc_kind;
        char ptp_kvm[32];       /* the PHC of the module ptp_kvm: "ptp1"; "" for none */
        char ptp_interface[32]; /* the PHC of a network interface: "ptp0"; "" for none */
        bool ptp_kvm_link;      /* /dev/ptp_kvm is a link to ptp_kvm's device */
        bool ptp_kvm_module;    /* the module is installed, loaded or built in */
        bool ptp_kvm_builtin;
        bool has_modules;         /* /lib/modules has a folder for the running kernel */
        char *ptp_kvm_persistent; /* the file in modules-load.d that names ptp_kvm; owned, NULL for none */

        /* chrony's refclocks of all drivers, in the order of their lines. More than REFCLOCKS_MAX are ignored. */
        RefclockFound refclocks[REFCLOCKS_MAX];
        unsigned n_refclocks;
        /* The device of the `refclock PHC` that follows the host's clock, or else of the first one; owned, NULL for
         * none. */
        char *refclock;
        char *refclock_file;   /* the file with that line; owned */
        char refclock_ptp[32]; /* the PHC that this device opens: "ptp0"; "" if there is no such device */
        char refclock_name[CHRONY_NAME_SIZE]; /* chronyc's name for it */
        PhcKind refclock_kind;
        bool refclock_tai, refclock_optional;
        char *refclock_ignored; /* a .sources file with a refclock line, which chronyd ignores; owned, NULL for none */

        char *makestep_file; /* the file with the last `makestep`, which overrides earlier ones; owned, NULL for none */
        bool makestep_fixed; /* like chrony_fixed, for makestep_file */
        bool makestep_endless;      /* that makestep lets chronyd step the clock at any time */
        char *chrony_config;        /* chronyd's main configuration file; owned, NULL for none */
        const char *chrony_service; /* "chrony" or "chronyd" */
        const char *chrony_folder;  /* the folder to name in a `confdir` line, if chrony_config has none */
        bool rtcsync;         /* chrony's configuration has rtcsync or rtcfile, so the real-time clock is kept right */
        bool chrony_given;    /* a running chronyd reads chrony_config because of its option -f */
        bool chrony_fixed;    /* chrony_config is read-only or is generated anew, so a line added to it would be lost */
        char *chrony_confdir; /* a folder that chronyd reads too and that survives a reboot; owned, NULL for none */

        Late late;
        Rtc rtc;

        bool time_client_unit; /* a time client is installed that `timedatectl set-ntp true` can start */
        bool agent_unit;       /* qemu-guest-agent.service exists */
        bool agent_channel;    /* /dev/virtio-ports/org.qemu.guest_agent.0 exists */

        bool libvirt;                /* libvirt is installed */
        bool libvirt_guests_enabled; /* libvirt-guests.service is enabled */
        char *sync_time_file; /* the settings file of that service, which may not exist; owned, NULL without libvirt */
        bool sync_time_assigned; /* the file assigns SYNC_TIME */
        bool sync_time;          /* SYNC_TIME is 1 */
} MachineSetup;

static inline void machine_setup_done(MachineSetup *setup)
{
        free(setup->ptp_kvm_persistent);
        free(setup->refclock);
        free(setup->refclock_file);
        free(setup->refclock_ignored);
        free(setup->makestep_file);
        free(setup->chrony_config);
        free(setup->chrony_confdir);
        free(setup->sync_time_file);
        *setup = (MachineSetup) {};
}
#define _cleanup_machine_setup_ _cleanup_(machine_setup_done)
