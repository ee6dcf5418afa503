/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <string.h>

#include "check/audit-parts.h"
#include "check/guest-clock.h"

#define CURRENT "clocksource0/current_clocksource"
#define SETUP "tscwarden guest setup"
#define MICROSECOND 1e-6

/* Debian's name of it, and everybody else's. */
static const char *chrony_service(const Surroundings *around)
{
        return around->chrony_config && strcmp(around->chrony_config, "/etc/chrony.conf") == 0 ? "chronyd" : "chrony";
}

static bool runs_chronyd(const AuditInput *input)
{
        return input->time->running >> CLIENT_CHRONYD & 1;
}

/* Names `guest setup` only where it would do it: it writes into the folder of chrony's confdir. */
static void fix_by_setup(const AuditInput *input, Audit *audit, AuditStep *step)
{
        const Surroundings *around = input->around;

        if (!around->chrony_config)
                audit_advise(audit, step, SETUP " does it, and needs chrony: install that first.");
        else if (!around->chrony_confdir)
                /* The file may lack the newline at its end. */
                audit_fix(audit, step, "mkdir -p /etc/chrony.d && printf '\\nconfdir /etc/chrony.d\\n' >> %s && " SETUP,
                          around->chrony_config);
        else
                audit_fix(audit, step, SETUP);
}

static void judge_clocksource(const AuditInput *input, Audit *audit)
{
        const char *current = input->clock->clocksource, *available = input->clock->available;
        bool good = clocksource_has_vdso(current);
        AuditStep *step;

        if (!current[0]) {
                audit_add(audit, AUDIT_GUEST, "guest-clocksource", "clocksource", AUDIT_UNKNOWN,
                          CURRENT " cannot be read");
                return;
        }
        step = audit_add(audit, AUDIT_GUEST, "guest-clocksource", "clocksource", good ? AUDIT_PASS : AUDIT_FAIL,
                         CURRENT ": %s; available: %s", current, available);
        if (good)
                return;
        if (clocksources_have(available, "kvm-clock"))
                audit_fix(audit, step,
                          "echo kvm-clock > /sys/devices/system/clocksource/clocksource0/current_clocksource");
        else
                audit_advise(audit, step,
                             "Neither kvm-clock nor tsc: every look at the clock leaves the guest. On a KVM host, "
                             "`<timer name='kvmclock' present='yes'/>` below <clock> in the domain's XML (virsh edit) "
                             "offers kvm-clock.");
}

static bool is_kvm(const AuditInput *input)
{
        return clocksources_have(input->clock->available, "kvm-clock") || input->around->ptp_kvm[0];
}

static void judge_phc(const AuditInput *input, Audit *audit)
{
        const Surroundings *around = input->around;
        AuditStep *step;

        if (around->ptp_kvm[0]) {
                audit_add(audit, AUDIT_GUEST, "ptp-kvm-clock", "host's clock", AUDIT_PASS,
                          "/sys/class/ptp/%s/clock_name: " KVM_CLOCK_NAME "; device: %s%s", around->ptp_kvm,
                          around->ptp_kvm_link ? "/dev/ptp_kvm -> " : "/dev/", around->ptp_kvm);
                return;
        }
        if (!is_kvm(input)) {
                audit_add(audit, AUDIT_GUEST, "ptp-kvm-clock", "host's clock", AUDIT_NOT_APPLICABLE,
                          "no kvm-clock is offered: this is no KVM guest, or its host hides it");
                return;
        }
        step = audit_add(audit, AUDIT_GUEST, "ptp-kvm-clock", "host's clock", AUDIT_FAIL,
                         "no /sys/class/ptp/ptp*/clock_name is " KVM_CLOCK_NAME "; the module ptp_kvm %s",
                         around->ptp_kvm_module ? "is there" : "is not installed for this kernel");
        if (!around->ptp_kvm_module) {
                audit_advise(
                        audit, step,
                        "Install the kernel package that has ptp_kvm (on Debian and Ubuntu not the -cloud or -virtual "
                        "flavours without extra modules).");
                return;
        }
        fix_by_setup(input, audit, step);
        if (step->fix)
                audit_advise(
                        audit, step,
                        "If it cannot be loaded (Operation not supported, No such device), the host does not run on "
                        "its TSC: `tscwarden check` there says why.");
}

static void judge_persistent(const AuditInput *input, Audit *audit)
{
        const Surroundings *around = input->around;
        AuditStep *step;

        if (around->ptp_kvm_builtin || around->ptp_kvm_persistent)
                audit_add(audit, AUDIT_GUEST, "ptp-kvm-at-boot", "ptp_kvm at boot",
                          around->ptp_kvm[0] ? AUDIT_PASS : AUDIT_WARN, "%s%s",
                          around->ptp_kvm_builtin ? "built into the kernel" : around->ptp_kvm_persistent,
                          around->ptp_kvm[0]
                                  ? ""
                                  : "; it cannot be loaded now, and may make systemd-modules-load.service fail");
        else if (!around->ptp_kvm[0])
                audit_add(audit, AUDIT_GUEST, "ptp-kvm-at-boot", "ptp_kvm at boot", AUDIT_NOT_APPLICABLE,
                          "first the clock has to be there");
        else {
                step = audit_add(audit, AUDIT_GUEST, "ptp-kvm-at-boot", "ptp_kvm at boot", AUDIT_FAIL,
                                 "no file in /etc/modules-load.d or its like names ptp_kvm");
                fix_by_setup(input, audit, step);
        }
}

static void judge_refclock(const AuditInput *input, Audit *audit)
{
        const Surroundings *around = input->around;
        AuditStep *step;

        if (!around->refclock && !around->ptp_kvm[0]) {
                audit_add(audit, AUDIT_GUEST, "chrony-refclock", "chrony's refclock", AUDIT_NOT_APPLICABLE,
                          "first the clock has to be there");
                return;
        }
        if (!around->refclock) {
                step = audit_add(audit, AUDIT_GUEST, "chrony-refclock", "chrony's refclock", AUDIT_FAIL, "%s%s",
                                 around->chrony_config ? around->chrony_config : "chrony is not installed",
                                 around->chrony_config ? " and what belongs to it: no `refclock PHC`" : "");
                fix_by_setup(input, audit, step);
                return;
        }
        if (around->ptp_kvm[0] && strcmp(around->refclock_ptp, around->ptp_kvm) == 0) {
                audit_add(audit, AUDIT_GUEST, "chrony-refclock", "chrony's refclock", AUDIT_PASS,
                          "%s: refclock PHC %s, which is %s", around->refclock_file, around->refclock, KVM_CLOCK_NAME);
                return;
        }
        step = audit_add(audit, AUDIT_GUEST, "chrony-refclock", "chrony's refclock", AUDIT_FAIL,
                         "%s: refclock PHC %s, which is %s", around->refclock_file, around->refclock,
                         around->refclock_ptp[0] ? "another clock than the host's"
                                                 : "no clock: chronyd does not start with it");
        audit_advise(audit, step, "%s",
                     around->ptp_kvm[0] ? "Take that line away; setup writes one with the host's clock."
                                        : "Take that line away, or load ptp_kvm before chronyd starts.");
        if (around->ptp_kvm[0])
                fix_by_setup(input, audit, step);
}

static void judge_chronyd(const AuditInput *input, Audit *audit)
{
        bool runs = runs_chronyd(input);
        AuditStep *step;

        if (!input->around->refclock) {
                audit_add(audit, AUDIT_GUEST, "chronyd-alive", "chronyd", AUDIT_NOT_APPLICABLE,
                          "%s; it has no refclock", runs ? "runs" : "does not run");
                return;
        }
        step = audit_add(audit, AUDIT_GUEST, "chronyd-alive", "chronyd", runs ? AUDIT_PASS : AUDIT_FAIL, "%s",
                         runs ? "runs with its refclock" : "does not run");
        if (runs)
                return;
        audit_advise(
                audit, step,
                "A device that is not there ends it at its start: `journalctl -u chrony -u chronyd` says 'Could not "
                "open PHC'.");
        audit_fix(audit, step, "systemctl restart %s", chrony_service(input->around));
}

static void judge_selected(const AuditInput *input, Audit *audit)
{
        const ChronySource *source = chrony_find_phc(&input->time->chrony);
        bool selected, near;
        AuditStep *step;

        if (!input->around->refclock || !runs_chronyd(input)) {
                audit_add(audit, AUDIT_GUEST, "chrony-selected", "follows the host", AUDIT_NOT_APPLICABLE,
                          "first chronyd has to run with the refclock");
                return;
        }
        if (input->time->chrony_error < 0 || !input->time->chrony.tracked) {
                audit_add(audit, AUDIT_GUEST, "chrony-selected", "follows the host", AUDIT_UNKNOWN,
                          "chronyc sources: %s",
                          input->time->chrony_error < 0 ? "cannot be run" : input->time->chrony.complaint);
                return;
        }
        if (!source) {
                step = audit_add(audit, AUDIT_GUEST, "chrony-selected", "follows the host", AUDIT_FAIL,
                                 "chronyc sources: no refclock PHC among them");
                audit_advise(audit, step, "chronyd has started before the line was written: a restart takes it up.");
                audit_fix(audit, step, "systemctl restart %s", chrony_service(input->around));
                return;
        }
        selected = source->state == '*' && source->reach != 0;
        near = fabs(source->offset_sec) < MICROSECOND;
        step = audit_add(audit, AUDIT_GUEST, "chrony-selected", "follows the host",
                         !selected ? AUDIT_FAIL
                         : near    ? AUDIT_PASS
                                   : AUDIT_WARN,
                         "chronyc sources: %c%c %s, reach %o, off by %.0f ns", source->mode, source->state,
                         source->name, source->reach, source->offset_sec * 1e9);
        if (source->reach == 0)
                audit_advise(
                        audit, step,
                        "It is not answering any more: the host may have lost its TSC, which `tscwarden check` there "
                        "tells.");
        else if (!selected)
                audit_advise(audit, step,
                             "chronyd trusts another source more: `chronyc sources -v` explains the marks.");
        else if (!near)
                audit_advise(audit, step, "Below a microsecond is usual %s.",
                             clocksource_is_tsc(input->clock->clocksource)
                                     ? "with kvm-clock as the clocksource; with tsc it is read less exactly"
                                     : "here after some minutes");
}

static void judge_agent(const AuditInput *input, Audit *audit)
{
        const Surroundings *around = input->around;
        AuditStep *step;

        step = audit_add(audit, AUDIT_GUEST, "guest-agent", "guest agent",
                         around->agent_channel && around->agent_running ? AUDIT_PASS : AUDIT_WARN,
                         "/dev/virtio-ports/org.qemu.guest_agent.0: %s; qemu-ga %s",
                         around->agent_channel ? "there" : "not there",
                         around->agent_running ? "runs" : "does not run");
        if (!around->agent_channel)
                audit_advise(
                        audit, step,
                        "Without it the host cannot set this clock after a resume (virsh domtime). Add to the domain's "
                        "XML: <channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>");
        else if (!around->agent_running)
                audit_fix(audit, step, "systemctl start qemu-guest-agent");
}

void audit_guest(const AuditInput *input, Audit *audit)
{
        judge_clocksource(input, audit);
        judge_phc(input, audit);
        judge_persistent(input, audit);
        judge_refclock(input, audit);
        judge_chronyd(input, audit);
        judge_selected(input, audit);
        judge_agent(input, audit);
}
