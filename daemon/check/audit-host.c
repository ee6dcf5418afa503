/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "check/audit-parts.h"
#include "model/clock-advice.h"
#include "model/clock-view.h"
#include "model/clock-words.h"
#include "model/kernel-line.h"
#include "model/knob.h"
#include "model/need.h"
#include "model/originals.h"
#include "model/plan.h"
#include "model/plan-types.h"

/* Shortened for the text; the commands have the whole path. */
#define CURRENT "clocksource0/current_clocksource"
#define OR_UNKNOWN(text) ((text)[0] ? (text) : "unknown")

static void judge_flags(const AuditInput *input, Audit *audit)
{
        _cleanup_free_ char *reason = need_reason(input->facts);
        Halves need = need_from_facts(input->facts);
        AuditStep *step;

        if (!reason) {
                audit->out_of_memory = true;
                return;
        }
        if (input->facts->hypervisor) {
                audit_add(audit, AUDIT_HOST, "cpu-flags", "CPU", AUDIT_NOT_APPLICABLE, "/proc/cpuinfo: hypervisor. %s",
                          reason);
                return;
        }
        step = audit_add(audit, AUDIT_HOST, "cpu-flags", "CPU", need.frequency || need.idle ? AUDIT_WARN : AUDIT_PASS,
                         "/proc/cpuinfo: %s", reason);
        if (need.frequency || need.idle)
                audit_advise(
                        audit, step,
                        "This TSC is safe only while frequency and idle states are held; the next steps check that.");
}

/* Gives the step the remedy for the clock, and a command if one does it. */
static void fix_verdict(const AuditInput *input, Audit *audit, AuditStep *step, const BootNeed *need)
{
        const ClockView *clock = input->clock;
        RemedyKind kind = clock_remedy_kind(input->facts, clock);

        if (kind == REMEDY_BOOT_PARAMETERS && audit_needs_only_reboot(need))
                audit_advise(
                        audit, step,
                        "The next boot has the parameters that keep the TSC. Move guests that need a good clock away first.");
        else if (input->remedy[0])
                audit_advise(audit, step, "%s", input->remedy);
        switch (kind) {
        case REMEDY_BOOT_PARAMETERS:
                audit_fix_by_parameters(input, audit, step, need);
                break;
        case REMEDY_SWITCH_BACK:
                audit_fix(audit, step, "echo tsc > /sys/devices/system/clocksource/clocksource0/current_clocksource");
                break;
        case REMEDY_REBOOT:
        case REMEDY_COMPARE:
        case REMEDY_FALSE_ALARM:
                audit_fix(audit, step, "systemctl reboot");
                break;
        default:
                break;
        }
}

static void judge_verdict(const AuditInput *input, Audit *audit, const BootNeed *need)
{
        const ClockView *clock = input->clock;
        AuditStep *step;

        step = audit_add(audit, AUDIT_HOST, "tsc-verdict", "TSC", audit_clock_result(clock),
                         "%s: %s " CURRENT ": %s, available: %s.%s%s", verdict_to_string(clock->verdict),
                         input->reason_text, OR_UNKNOWN(clock->clocksource), OR_UNKNOWN(clock->available),
                         clock->kernel_line[0] ? " The kernel: " : "", clock->kernel_line);
        fix_verdict(input, audit, step, need);
}

/* The rule of the configuration that allows this state on the CPU, or NULL if the policy disables the state. */
static const PolicyRule *find_allowing_rule(const AuditInput *input, unsigned cpu, const IdleState *state,
                                            PolicyKey *ret_key)
{
        const Originals none = {};
        const PlanInput plan_input = {
                .snapshot = input->snapshot, .policy = input->policy, .originals = &none, .idle = true
        };
        _cleanup_plan_ Plan plan = {};
        CpuPolicy of_cpu;

        if (!input->policy || plan_build(&plan_input, &plan) < 0)
                return NULL;
        for (size_t i = 0; i < plan.n_steps; i++) {
                const KnobId *id = &plan.steps[i].id;

                if (id->knob == KNOB_DISABLE && id->id == cpu && id->state == state->index)
                        return NULL;
        }
        policy_for_cpu(input->policy, cpu, &of_cpu);
        *ret_key = of_cpu.by[POLICY_IDLE_SET] ? POLICY_IDLE_SET : POLICY_MAX_CSTATE;
        return of_cpu.by[*ret_key] && of_cpu.by[*ret_key]->file ? of_cpu.by[*ret_key] : NULL;
}

static void judge_idle(const AuditInput *input, Audit *audit, const BootNeed *need)
{
        const Facts *facts = input->facts;
        const char *driver = facts->idle_driver[0] ? facts->idle_driver : "none";
        const char *deep = facts->deep_state[0] ? facts->deep_state : "none deeper than C1";
        const IdleState *enabled;
        const PolicyRule *rule;
        char now[256] = "";
        PolicyKey key = POLICY_MAX_CSTATE;
        unsigned cpu = 0;
        AuditStep *step;

        if (!need_from_facts(input->facts).idle) {
                audit_add(audit, AUDIT_HOST, "idle-states", "C-states", AUDIT_NOT_APPLICABLE,
                          "%s; idle driver: %s, deepest state: %s",
                          input->facts->hypervisor ? "in a guest the host decides them" :
                                                     "nonstop_tsc: the TSC keeps counting in them",
                          driver, deep);
                return;
        }
        if (!facts->deep_state[0]) {
                audit_add(audit, AUDIT_HOST, "idle-states", "C-states", AUDIT_PASS,
                          "cpuidle/current_driver: %s; registered: %s", driver, deep);
                return;
        }
        enabled = snapshot_find_allowed_deep(input->snapshot, &cpu);
        rule = enabled ? find_allowing_rule(input, cpu, enabled, &key) : NULL;
        if (rule)
                snprintf(now, sizeof(now), "; tscwarden's policy (%s, %s:%u) allows %s", policy_key_to_string(key),
                         rule->file, rule->lines[key], enabled->name);
        else if (!enabled)
                snprintf(now, sizeof(now), "; switched off now (cpuN/cpuidle/stateN/disable)");
        step = audit_add(audit, AUDIT_HOST, "idle-states", "C-states", enabled ? AUDIT_FAIL : AUDIT_WARN,
                         "cpuidle/current_driver: %s; registered: %s, in which the TSC stops%s", driver, deep, now);
        if (need->unbooted)
                audit_fix_by_parameters(input, audit, step, need);
        else if (rule)
                audit_advise(
                        audit, step,
                        "Remove that line and reload tscwarden. Without it only the shallowest C-state that halts the CPU is "
                        "allowed.");
        else if (enabled)
                audit_fix_by_daemon(input, audit, step);
        if (!step->advice)
                audit_advise(
                        audit, step, "%s",
                        need->wanted[0] ?
                                "The kernel gives up the TSC when a driver registers such states. Only a boot parameter prevents "
                                "that; the daemon can only keep the CPUs out of them." :
                                "The daemon keeps the CPUs out of them; that does not bring a lost TSC back.");
}

static void judge_c1e(const AuditInput *input, Audit *audit)
{
        bool amd = strcmp(input->facts->vendor, "AuthenticAMD") == 0;
        AuditStep *step;

        if (!amd || input->facts->hypervisor || input->facts->nonstop_tsc) {
                const char *why = "only AMD's older CPUs stop their TSC in C1E";

                if (input->facts->hypervisor)
                        why = "in a guest the host decides it";
                else if (amd)
                        why = "nonstop_tsc: the TSC keeps counting in C1E";
                audit_add(audit, AUDIT_HOST, "c1e", "C1E in firmware", AUDIT_NOT_APPLICABLE, "%s", why);
                return;
        }
        step = audit_add(audit, AUDIT_HOST, "c1e", "C1E in firmware", input->setup->c1e ? AUDIT_FAIL : AUDIT_PASS,
                         "/proc/cpuinfo, bugs: apic_c1e%s", input->setup->c1e ? "" : " is not among them");
        if (input->setup->c1e)
                audit_advise(audit, step, "Switch C1E off in the firmware's setup: the kernel cannot do it.");
}

static void judge_pairing(const AuditInput *input, Audit *audit)
{
        const char *current = input->clock->clocksource;
        /* If KVM runs nested on Hyper-V, Hyper-V's TSC page is enough (arch/x86/kvm/x86.c gtod_is_based_on_tsc). */
        bool pairs = clocksource_is_tsc(current) || strcmp(current, "hyperv_clocksource_tsc_page") == 0;
        AuditStep *step;

        if (!current[0]) {
                audit_add(audit, AUDIT_HOST, "clock-pairing", "guests' ptp_kvm", AUDIT_UNKNOWN,
                          CURRENT " cannot be read");
                return;
        }
        if (input->setup->dom0) {
                audit_add(audit, AUDIT_HOST, "clock-pairing", "guests' ptp_kvm", AUDIT_NOT_APPLICABLE,
                          "Xen's guests have Xen's clock, not KVM's");
                return;
        }
        step = audit_add(
                audit, AUDIT_HOST, "clock-pairing", "guests' ptp_kvm", pairs ? AUDIT_PASS : AUDIT_FAIL,
                CURRENT ": %s; %s", current,
                pairs ? "guests can load ptp_kvm" :
                        "KVM can give guests the host's clock only if that is the TSC, so ptp_kvm does not load there, or fails");
        if (!pairs)
                audit_advise(audit, step, "Only a host that runs on its TSC can offer it%s.",
                             audit_in_use(input->clock->verdict) || input->facts->hypervisor ? "" :
                                                                                               ": see the step TSC");
}

static void judge_resync(const AuditInput *input, Audit *audit)
{
        const MachineSetup *setup = input->setup;
        const char *file = setup->sync_time_file;
        const char *setting = "no SYNC_TIME";
        bool enabled = setup->libvirt_guests_enabled;
        AuditStep *step;

        if (!setup->libvirt) {
                audit_add(audit, AUDIT_HOST, "guest-resync", "resumed guests", AUDIT_NOT_APPLICABLE,
                          "libvirt is not installed");
                return;
        }
        if (setup->sync_time_assigned)
                setting = setup->sync_time ? "SYNC_TIME=1" : "SYNC_TIME=0";
        step = audit_add(audit, AUDIT_HOST, "guest-resync", "resumed guests",
                         setup->sync_time && enabled ? AUDIT_PASS : AUDIT_WARN, "%s: %s; libvirt-guests.service is %s",
                         file, setting, enabled ? "enabled" : "not enabled, so nothing reads that file");
        audit_advise(
                audit, step,
                "%sAfter virsh resume, virsh restore or a migration a guest's clock is behind, and only its own NTP or PTP client sets "
                "it. By hand, if its agent runs: virsh domtime DOMAIN --now",
                enabled ?
                        "" :
                        "With SYNC_TIME=1 and the service enabled, guests that a boot of the host has resumed are set right; "
                        "it then suspends them at each shutdown, unless ON_SHUTDOWN= there says otherwise. ");
        if (setup->sync_time || !enabled)
                return;
        if (setup->sync_time_assigned)
                audit_fix(audit, step, "sed -i --follow-symlinks 's/^[[:space:]]*SYNC_TIME=.*/SYNC_TIME=1/' %s", file);
        else
                /* The text begins with a newline because the file may lack the final one. */
                audit_fix(audit, step, "printf '\\nSYNC_TIME=1\\n' >> %s", file);
}

void audit_host(const AuditInput *input, Audit *audit)
{
        BootNeed need;

        boot_need_find(input->facts, input->clock->verdict, input->clock->reason, input->boot, &need);
        judge_flags(input, audit);
        judge_verdict(input, audit, &need);
        audit_boot_parameters(input, audit, &need);
        judge_idle(input, audit, &need);
        judge_c1e(input, audit);
        audit_governor(input, audit);
        judge_pairing(input, audit);
        judge_resync(input, audit);
}
