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
        char name[CHRONY_NAME_SIZE]; /* chronyc's */
        PhcKind kind;                /* PHC_UNKNOWN for other drivers */
        char ptp[32];                /* the PHC behind its device: "ptp0"; "" for none */
} RefclockFound;

typedef struct MachineSetup {
        bool dom0;                /* Xen's first domain, which is a host (/proc/xen/capabilities: control_d) */
        bool kvm;                 /* /dev/kvm, or the module kvm */
        bool xen;                 /* /sys/hypervisor/type: Xen, in every domain */
        char vendor[VENDOR_SIZE]; /* /sys/class/dmi/id/sys_vendor; "" unknown */
        /* Firmware has switched AMD's C1E on: apic_c1e among the bugs in /proc/cpuinfo (arch/x86/kernel/process.c). */
        bool c1e;

        /* /sys/module/…/parameters as the kernel has them; "": not to be read. */
        char cpufreq_off[PARAMETER_SIZE];
        char processor_max_cstate[PARAMETER_SIZE];
        char intel_idle_max_cstate[PARAMETER_SIZE];

        bool processes_known;
        unsigned owners;         /* a bit per Rival that sets governors: it runs, or is enabled */
        unsigned owners_enabled; /* those that the next boot starts */
        bool warden_running;     /* tscwardend */
        bool agent_running;      /* qemu-ga */
        AgentFound agent;        /* and what it was told */

        char host_phc[32]; /* a PHC that the hypervisor keeps, ptp_kvm before any other: "ptp1"; "" for none */
        PhcKind host_phc_kind;
        char ptp_kvm[32];       /* "ptp1": the PHC whose clock has that name; "" for none */
        char ptp_interface[32]; /* a PHC of a network interface: "ptp0"; "" for none */
        bool ptp_kvm_link;      /* /dev/ptp_kvm leads to it */
        bool ptp_kvm_module;    /* it can be loaded, or is built in */
        bool ptp_kvm_builtin;
        bool has_modules;         /* /lib/modules has a folder for this kernel */
        char *ptp_kvm_persistent; /* the file in modules-load.d that names it; owned, NULL for none */

        /* chrony's refclocks in the order of their lines, of whatever driver; further ones are left out. */
        RefclockFound refclocks[REFCLOCKS_MAX];
        unsigned n_refclocks;
        char *refclock; /* the device of its `refclock PHC`: the host's clock, else the first; owned, NULL for none */
        char *refclock_file;                  /* and where that stands; owned */
        char refclock_ptp[32];                /* the PHC behind that device: "ptp0"; "" when there is no such device */
        char refclock_name[CHRONY_NAME_SIZE]; /* chronyc's name of it */
        PhcKind refclock_kind;
        bool refclock_tai, refclock_optional;
        char *refclock_ignored; /* a .sources file that has one, which chronyd ignores; owned, NULL for none */

        char *makestep_file;        /* where the last `makestep` stands, which holds; owned, NULL for none */
        bool makestep_fixed;        /* as chrony_fixed */
        bool makestep_endless;      /* and it lets chronyd set the clock at any time */
        char *chrony_config;        /* the main file; owned, NULL for none */
        const char *chrony_service; /* "chrony" or "chronyd" */
        const char *chrony_folder;  /* for a confdir in it, where it has none */
        bool rtcsync;               /* and has chronyd keep the real-time clock: rtcsync, or rtcfile */
        bool chrony_given;          /* a running chronyd was given it by -f */
        bool chrony_fixed;          /* nothing can be added to it: read-only, or made anew at each boot */
        char *chrony_confdir; /* a folder whose files it reads too, where ours outlasts a boot; owned, NULL for none */

        Late late;
        Rtc rtc;

        bool time_client_unit; /* timedatectl has a time client to switch on */
        bool agent_unit;       /* qemu-guest-agent.service */
        bool agent_channel;    /* /dev/virtio-ports/org.qemu.guest_agent.0 */

        bool libvirt;                /* it is installed */
        bool libvirt_guests_enabled; /* its service */
        char *sync_time_file;        /* which that service reads, there or not; owned, NULL without libvirt */
        bool sync_time_assigned;     /* SYNC_TIME= stands in it */
        bool sync_time;              /* and is 1 */
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
