/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "check/audit-parts.h"
#include "base/words.h"
#include "check/guest-clock.h"
#include "model/clock-facts.h"
#include "model/clock-view.h"
#include "model/clock-words.h"

#define CURRENT "clocksource0/current_clocksource"

/* True if the clocksource is good enough for a guest: programs read it without leaving the guest, or it is Xen's. */
static bool is_fit(const char *clocksource)
{
        return clocksource_has_vdso(clocksource) || strcmp(clocksource, "xen") == 0;
}

/* Says which clock the host has to offer to a guest without a good clock. */
static void advise_offer(const AuditInput *input, AuditStep *step, const char *lack)
{
        const char *hypervisor = audit_other_hypervisor(input);

        if (!hypervisor)
                audit_advise(step,
                             "%s The host has to offer one. With KVM, in the domain's XML (virsh edit): `<timer "
                             "name='kvmclock' present='yes'/>` below <clock> for kvm-clock, or `<feature "
                             "policy='require' name='invtsc'/>` below <cpu> for a TSC that never stops.",
                             lack);
        else if (strcmp(hypervisor, "Xen") == 0)
                audit_advise(step,
                             "%s Xen offers the clocksource xen to every domain whose kernel takes it: built with "
                             "CONFIG_XEN, and without nopv or xen_nopv on its command line.",
                             lack);
        else if (strcmp(hypervisor, "Hyper-V") == 0)
                audit_advise(step,
                             "%s Hyper-V offers hyperv_clocksource_tsc_page to every kernel that is built with "
                             "CONFIG_HYPERV.",
                             lack);
        else
                audit_advise(step, "%s %s decides which clocks this guest gets.", lack, hypervisor);
}

/* Called only if this machine is not checked as a host too; then audit-host.c has a step for the TSC. */
void audit_guest_tsc(const AuditInput *input, AuditStep *step)
{
        const ClockView *clock = input->clock;

        audit_set_tsc(input, step);
        if (step->result == AUDIT_FAIL && !is_fit(clock->clocksource) && !words_have(clock->available, "tsc"))
                advise_offer(input, step, "This guest has neither its TSC nor its hypervisor's clock.");
        else if (step->result == AUDIT_FAIL)
                audit_advise(step, "%s", input->remedy);
        else if (step->result == AUDIT_WARN && clock->verdict == VERDICT_UNSTABLE)
                audit_advise(step,
                             "This guest uses its hypervisor's clock, which is as good as before. If the guest was "
                             "started with a TSC of fixed rate, its host did not keep that rate: run `tscwarden "
                             "check` there.");
}

void audit_clocksource(const AuditInput *input, AuditStep *step)
{
        const char *current = input->clock->clocksource, *available = input->clock->available;
        /* The best first. The kernel lists the TSC only while it is not marked unstable. */
        static const char *const better[] = { "kvm-clock", "hyperv_clocksource_tsc_page", "xen", "tsc" };

        if (!current[0]) {
                audit_set(step, AUDIT_UNKNOWN, CURRENT " cannot be read");
                return;
        }
        audit_set(step, is_fit(current) ? AUDIT_PASS : AUDIT_FAIL, CURRENT ": %s; available: %s", current, available);
        if (is_fit(current))
                return;
        for (size_t i = 0; i < ARRAY_SIZE(better); i++)
                if (words_have(available, better[i])) {
                        audit_fix(step, "echo %s > /sys/devices/system/clocksource/clocksource0/current_clocksource",
                                  better[i]);
                        return;
                }
        advise_offer(input, step, "Each reading of this clock is slow, because it leaves the guest.");
}

/* A guest of KVM needs the module ptp_kvm. */
static void judge_no_phc(const AuditInput *input, AuditStep *step)
{
        bool has_module = input->setup->ptp_kvm_module;

        audit_set(step, AUDIT_FAIL, "no /sys/class/ptp/ptp*/clock_name is " KVM_CLOCK_NAME "; the module ptp_kvm %s",
                  has_module ? "is there" : "is not installed for this kernel");
        if (has_module)
                audit_fix_by_setup(input, step);
        if (step->fix)
                audit_advise(step, "If it cannot be loaded (Operation not supported, No such device), the host does "
                                   "not run on its TSC: `tscwarden check` there says why.");
        else if (!has_module && input->setup->has_modules)
                audit_advise(step, "Install the kernel package that has ptp_kvm (on Debian and Ubuntu not the -cloud "
                                   "or -virtual flavours without extra modules).");
        else if (!has_module)
                audit_advise(step, "There are no modules for this kernel, as in a microVM. Whoever supplies the kernel "
                                   "has to build it with PTP_1588_CLOCK_KVM.");
}

void audit_phc(const AuditInput *input, AuditStep *step)
{
        const char *other = audit_is_kvm(input) ? NULL : audit_other_hypervisor(input);
        const MachineSetup *setup = input->setup;

        if (setup->ptp_kvm[0])
                audit_set(step, AUDIT_PASS, "/sys/class/ptp/%s/clock_name: " KVM_CLOCK_NAME "; device: %s%s",
                          setup->ptp_kvm, setup->ptp_kvm_link ? "/dev/ptp_kvm -> " : "/dev/", setup->ptp_kvm);
        else if (setup->host_phc[0])
                audit_set(step, AUDIT_PASS, "/sys/class/ptp/%s: %s", setup->host_phc,
                          phc_kind_describe(setup->host_phc_kind));
        else if (other)
                audit_set(step, AUDIT_NOT_APPLICABLE,
                          "this is a guest of %s, and its host offers no clock in /sys/class/ptp", other);
        else if (!audit_is_kvm(input))
                audit_set(step, AUDIT_NOT_APPLICABLE,
                          "the kernel has no kvm-clock: this is no guest of KVM, or its host hides it");
        else
                judge_no_phc(input, step);
        if (step->result == AUDIT_NOT_APPLICABLE && other && strcmp(other, "AWS") == 0)
                audit_advise(step, "AWS' clock is the NTP server 169.254.169.123; some types of instances have it as a "
                                   "PHC too, with the parameter phc_enable=1 of the module ena.");
}

void audit_module(const AuditInput *input, AuditStep *step)
{
        const MachineSetup *setup = input->setup;

        if (!setup->ptp_kvm[0] && setup->host_phc[0])
                audit_set(step, AUDIT_NOT_APPLICABLE, "not needed: the device brings %s",
                          phc_kind_describe(setup->host_phc_kind));
        else if (setup->ptp_kvm_builtin || setup->ptp_kvm_persistent)
                audit_set(step, setup->ptp_kvm[0] ? AUDIT_PASS : AUDIT_WARN, "%s%s",
                          setup->ptp_kvm_builtin ? "built into the kernel" : setup->ptp_kvm_persistent,
                          setup->ptp_kvm[0] ?
                                  "" :
                                  "; it cannot be loaded now, and may make systemd-modules-load.service fail");
        else if (!setup->ptp_kvm[0])
                audit_set(step, AUDIT_NOT_APPLICABLE, "needs the step \"host's clock\" first");
        else {
                audit_set(step, AUDIT_FAIL, "no file in /etc/modules-load.d or its like names ptp_kvm");
                audit_fix_by_setup(input, step);
        }
}
