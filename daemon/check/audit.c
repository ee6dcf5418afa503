/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "check/audit.h"

#include "check/audit-parts.h"

/* All steps about a host or a guest, in the order in which they are shown. */
static const struct {
        AuditGroup group;
        const char *id, *title;
        AuditJudge *judge;
} parts[] = {
        { AUDIT_HOST, "cpu-flags", "CPU", audit_flags },
        { AUDIT_HOST, "tsc-verdict", "TSC", audit_host_tsc },
        { AUDIT_HOST, "boot-parameters", "boot parameters", audit_boot_parameters },
        { AUDIT_HOST, "idle-states", "C-states", audit_idle },
        { AUDIT_HOST, "c1e", "C1E in firmware", audit_c1e },
        { AUDIT_HOST, "governor", "governor", audit_governor },
        { AUDIT_HOST, "governor-owners", "governor owners", audit_owners },
        { AUDIT_HOST, "clock-pairing", "guests' ptp_kvm", audit_pairing },
        { AUDIT_HOST, "guest-resync", "resumed guests", audit_resync },
        { AUDIT_GUEST, "tsc-verdict", "TSC", audit_guest_tsc },
        { AUDIT_GUEST, "guest-clocksource", "clocksource", audit_clocksource },
        { AUDIT_GUEST, "ptp-kvm-clock", "host's clock", audit_phc },
        { AUDIT_GUEST, "ptp-kvm-at-boot", "ptp_kvm at boot", audit_module },
        { AUDIT_GUEST, "chrony-refclock", "chrony's refclock", audit_refclock },
        { AUDIT_GUEST, "chronyd-alive", "chronyd", audit_chronyd },
        { AUDIT_GUEST, "chrony-selected", "follows the host", audit_selected },
        { AUDIT_GUEST, "chrony-makestep", "set after resume", audit_makestep },
        { AUDIT_GUEST, "guest-agent", "guest agent", audit_agent },
        { AUDIT_GUEST, "late-interrupts", "late interrupts", audit_late },
        { AUDIT_TIME, "time-client", "one time client", audit_client },
        { AUDIT_TIME, "time-synchronized", "synchronised", audit_synchronized },
        { AUDIT_TIME, "time-error-bound", "error bound", audit_bound },
        { AUDIT_TIME, "hardware-stamps", "hardware stamps", audit_stamps },
        { AUDIT_TIME, "rtc", "real-time clock", audit_rtc },
        { AUDIT_TIME, "tsc-rate-utc", "TSC against UTC", audit_rate_utc },
        { AUDIT_TIME, "tsc-rate-boots", "TSC over boots", audit_rate_boots },
};

void audit_find_roles(const Facts *facts, const MachineSetup *setup, bool *ret_host, bool *ret_guest)
{
        /* Xen's first domain has the hypervisor flag too, but it is the host. */
        *ret_guest = facts->hypervisor && !setup->dom0;
        /* A physical machine without KVM is checked as a host that is not set up yet. */
        *ret_host = !*ret_guest || setup->kvm;
}

int audit_judge(AuditInput *input, Audit *ret)
{
        if (input->host)
                boot_need_find(input->facts, input->clock->verdict, input->clock->reason, input->boot, &input->need);
        time_judge_here(input->time, input->setup, &input->view);
        for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
                if (parts[i].group == AUDIT_HOST && !input->host)
                        continue;
                /* A guest that is a host too has one step for its TSC. */
                if (parts[i].group == AUDIT_GUEST &&
                    (!input->guest || (input->host && parts[i].judge == audit_guest_tsc)))
                        continue;
                parts[i].judge(input, audit_add(ret, parts[i].group, parts[i].id, parts[i].title));
        }
        return audit_find_error(ret);
}
