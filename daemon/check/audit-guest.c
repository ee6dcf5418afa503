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
static void advise_offer(const AuditInput *input, Audit *audit, AuditStep *step, const char *lack)
{
        const char *hypervisor = audit_other_hypervisor(input);

        if (!hypervisor)
                audit_advise(
                        audit, step,
                        "%s The host has to offer one. With KVM, in the domain's XML (virsh edit): `<timer name='kvmclock' "
                        "present='yes'/>` below <clock> for kvm-clock, or `<feature policy='require' name='invtsc'/>` below <cpu> for "
                        "a TSC that never stops.",
                        lack);
        else if (strcmp(hypervisor, "Xen") == 0)
                audit_advise(
                        audit, step,
                        "%s Xen offers the clocksource xen to every domain whose kernel takes it: built with CONFIG_XEN, and without "
                        "nopv or xen_nopv on its command line.",
                        lack);
        else if (strcmp(hypervisor, "Hyper-V") == 0)
                audit_advise(
                        audit, step,
                        "%s Hyper-V offers hyperv_clocksource_tsc_page to every kernel that is built with CONFIG_HYPERV.",
                        lack);
        else
                audit_advise(audit, step, "%s %s decides which clocks this guest gets.", lack, hypervisor);
}

/* Called only if this machine is not checked as a host too; then audit-host.c has a step for the TSC. */
static void judge_guest_tsc(const AuditInput *input, Audit *audit)
{
        const ClockView *clock = input->clock;
        AuditResult result = audit_clock_result(clock);
        AuditStep *step;

        step = audit_add(audit, AUDIT_GUEST, "tsc-verdict", "TSC", result, "%s: %s " CURRENT ": %s, available: %s.%s%s",
                         verdict_to_string(clock->verdict), input->reason_text,
                         clock->clocksource[0] ? clock->clocksource : "unknown",
                         clock->available[0] ? clock->available : "unknown",
                         clock->kernel_line[0] ? " The kernel: " : "", clock->kernel_line);
        if (result == AUDIT_FAIL && !is_fit(clock->clocksource) && !words_have(clock->available, "tsc"))
                advise_offer(input, audit, step, "This guest has neither its TSC nor its hypervisor's clock.");
        else if (result == AUDIT_FAIL)
                audit_advise(audit, step, "%s", input->remedy);
        else if (result == AUDIT_WARN && clock->verdict == VERDICT_UNSTABLE)
                audit_advise(
                        audit, step,
                        "This guest uses its hypervisor's clock, which is as good as before. If the guest was started with a TSC of "
                        "fixed rate, its host did not keep that rate: run `tscwarden check` there.");
}

static void judge_clocksource(const AuditInput *input, Audit *audit)
{
        const char *current = input->clock->clocksource, *available = input->clock->available;
        /* The best first. The kernel lists the TSC only while it is not marked unstable. */
        static const char *const better[] = { "kvm-clock", "hyperv_clocksource_tsc_page", "xen", "tsc" };
        AuditStep *step;

        if (!current[0]) {
                audit_add(audit, AUDIT_GUEST, "guest-clocksource", "clocksource", AUDIT_UNKNOWN,
                          CURRENT " cannot be read");
                return;
        }
        step = audit_add(audit, AUDIT_GUEST, "guest-clocksource", "clocksource",
                         is_fit(current) ? AUDIT_PASS : AUDIT_FAIL, CURRENT ": %s; available: %s", current, available);
        if (is_fit(current))
                return;
        for (size_t i = 0; i < ARRAY_SIZE(better); i++)
                if (words_have(available, better[i])) {
                        audit_fix(audit, step,
                                  "echo %s > /sys/devices/system/clocksource/clocksource0/current_clocksource",
                                  better[i]);
                        return;
                }
        advise_offer(input, audit, step, "Each reading of this clock is slow, because it leaves the guest.");
}

static void advise_module(const AuditInput *input, Audit *audit, AuditStep *step)
{
        if (!input->setup->has_modules)
                audit_advise(
                        audit, step,
                        "There are no modules for this kernel, as in a microVM. Whoever supplies the kernel has to build it with "
                        "PTP_1588_CLOCK_KVM.");
        else
                audit_advise(
                        audit, step,
                        "Install the kernel package that has ptp_kvm (on Debian and Ubuntu not the -cloud or -virtual "
                        "flavours without extra modules).");
}

static void judge_phc(const AuditInput *input, Audit *audit)
{
        const char *other = audit_is_kvm(input) ? NULL : audit_other_hypervisor(input);
        const MachineSetup *setup = input->setup;
        AuditStep *step;

        if (setup->ptp_kvm[0]) {
                audit_add(audit, AUDIT_GUEST, "ptp-kvm-clock", "host's clock", AUDIT_PASS,
                          "/sys/class/ptp/%s/clock_name: " KVM_CLOCK_NAME "; device: %s%s", setup->ptp_kvm,
                          setup->ptp_kvm_link ? "/dev/ptp_kvm -> " : "/dev/", setup->ptp_kvm);
                return;
        }
        if (setup->host_phc[0]) {
                audit_add(audit, AUDIT_GUEST, "ptp-kvm-clock", "host's clock", AUDIT_PASS, "/sys/class/ptp/%s: %s",
                          setup->host_phc, phc_kind_describe(setup->host_phc_kind));
                return;
        }
        if (other) {
                step = audit_add(audit, AUDIT_GUEST, "ptp-kvm-clock", "host's clock", AUDIT_NOT_APPLICABLE,
                                 "this is a guest of %s, and its host offers no clock in /sys/class/ptp", other);
                if (strcmp(other, "AWS") == 0)
                        audit_advise(
                                audit, step,
                                "AWS' clock is the NTP server 169.254.169.123; some types of instances have it as a PHC too, with "
                                "the parameter phc_enable=1 of the module ena.");
                return;
        }
        if (!audit_is_kvm(input)) {
                audit_add(audit, AUDIT_GUEST, "ptp-kvm-clock", "host's clock", AUDIT_NOT_APPLICABLE,
                          "the kernel has no kvm-clock: this is no guest of KVM, or its host hides it");
                return;
        }
        step = audit_add(audit, AUDIT_GUEST, "ptp-kvm-clock", "host's clock", AUDIT_FAIL,
                         "no /sys/class/ptp/ptp*/clock_name is " KVM_CLOCK_NAME "; the module ptp_kvm %s",
                         setup->ptp_kvm_module ? "is there" : "is not installed for this kernel");
        if (!setup->ptp_kvm_module) {
                advise_module(input, audit, step);
                return;
        }
        audit_fix_by_setup(input, audit, step);
        if (step->fix)
                audit_advise(
                        audit, step,
                        "If it cannot be loaded (Operation not supported, No such device), the host does not run on "
                        "its TSC: `tscwarden check` there says why.");
}

static void judge_persistent(const AuditInput *input, Audit *audit)
{
        const MachineSetup *setup = input->setup;
        AuditStep *step;

        if (!setup->ptp_kvm[0] && setup->host_phc[0])
                audit_add(audit, AUDIT_GUEST, "ptp-kvm-at-boot", "ptp_kvm at boot", AUDIT_NOT_APPLICABLE,
                          "not needed: the device brings %s", phc_kind_describe(setup->host_phc_kind));
        else if (setup->ptp_kvm_builtin || setup->ptp_kvm_persistent)
                audit_add(audit, AUDIT_GUEST, "ptp-kvm-at-boot", "ptp_kvm at boot",
                          setup->ptp_kvm[0] ? AUDIT_PASS : AUDIT_WARN, "%s%s",
                          setup->ptp_kvm_builtin ? "built into the kernel" : setup->ptp_kvm_persistent,
                          setup->ptp_kvm[0] ?
                                  "" :
                                  "; it cannot be loaded now, and may make systemd-modules-load.service fail");
        else if (!setup->ptp_kvm[0])
                audit_add(audit, AUDIT_GUEST, "ptp-kvm-at-boot", "ptp_kvm at boot", AUDIT_NOT_APPLICABLE,
                          "needs the step \"host's clock\" first");
        else {
                step = audit_add(audit, AUDIT_GUEST, "ptp-kvm-at-boot", "ptp_kvm at boot", AUDIT_FAIL,
                                 "no file in /etc/modules-load.d or its like names ptp_kvm");
                audit_fix_by_setup(input, audit, step);
        }
}

void audit_guest(const AuditInput *input, Audit *audit)
{
        if (!input->host)
                judge_guest_tsc(input, audit);
        judge_clocksource(input, audit);
        judge_phc(input, audit);
        judge_persistent(input, audit);
        audit_chrony(input, audit);
        audit_agent(input, audit);
        audit_late(input, audit);
}
