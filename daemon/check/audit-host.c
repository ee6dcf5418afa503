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
#define OR_NONE(text) ((text)[0] ? (text) : "none")

void audit_flags(const AuditInput *input, AuditStep *step)
{
        _cleanup_free_ char *reason = need_reason(input->facts);
        Halves need = need_from_facts(input->facts);

        if (!reason)
                step->out_of_memory = true;
        else if (input->facts->hypervisor)
                audit_set(step, AUDIT_NOT_APPLICABLE, "/proc/cpuinfo: hypervisor. %s", reason);
        else if (!need.frequency && !need.idle)
                audit_set(step, AUDIT_PASS, "/proc/cpuinfo: %s", reason);
        else {
                audit_set(step, AUDIT_WARN, "/proc/cpuinfo: %s", reason);
                audit_advise(step, "This TSC is safe only while frequency and idle states are held; the next steps "
                                   "check that.");
        }
}

/* Gives the step the remedy for the clock, and a command if one does it. */
void audit_host_tsc(const AuditInput *input, AuditStep *step)
{
        RemedyKind kind = clock_remedy_kind(input->facts, input->clock);

        audit_set_tsc(input, step);
        if (kind == REMEDY_BOOT_PARAMETERS && audit_needs_only_reboot(&input->need))
                audit_advise(step,
                             "The next boot has the parameters that keep the TSC. Move guests that need a good clock "
                             "away first.");
        else if (input->remedy[0])
                audit_advise(step, "%s", input->remedy);
        switch (kind) {
        case REMEDY_BOOT_PARAMETERS:
                audit_fix_by_parameters(input, step);
                break;
        case REMEDY_SWITCH_BACK:
                audit_fix(step, "echo tsc > /sys/devices/system/clocksource/clocksource0/current_clocksource");
                break;
        case REMEDY_REBOOT:
        case REMEDY_COMPARE:
        case REMEDY_FALSE_ALARM:
                audit_fix(step, "systemctl reboot");
                break;
        default:
                break;
        }
}

/* The rule of the configuration that allows this state on the CPU, or NULL if the policy disables the state. */
static const PolicyRule *find_allowing_rule(const AuditInput *input, unsigned cpu, const IdleState *state,
                                            PolicyKey *ret_key)
{
        const Originals none = {};
        const PlanInput plan_input = {
                .snapshot = input->snapshot, .policy = input->policy, .originals = &none, .halves.idle = true
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

#define ONLY_PARAMETERS                                                                                              \
        "The kernel gives up the TSC when a driver registers such states. Only a boot parameter prevents that; the " \
        "daemon can only keep the CPUs out of them."
#define NOT_BACK "The daemon keeps the CPUs out of them; that does not bring a lost TSC back."

/* There are C-states in which the TSC stops. */
static void judge_deep(const AuditInput *input, AuditStep *step)
{
        const Facts *facts = input->facts;
        PolicyKey key = POLICY_MAX_CSTATE;
        unsigned cpu = 0;
        const IdleState *enabled = snapshot_find_allowed_deep(input->snapshot, &cpu);
        const PolicyRule *rule = enabled ? find_allowing_rule(input, cpu, enabled, &key) : NULL;
        char now[256] = "";

        if (rule)
                snprintf(now, sizeof(now), "; tscwarden's policy (%s, %s:%u) allows %s", policy_key_to_string(key),
                         rule->file, rule->lines[key], enabled->name);
        else if (!enabled)
                snprintf(now, sizeof(now), "; switched off now (cpuN/cpuidle/stateN/disable)");
        audit_set(step, enabled ? AUDIT_FAIL : AUDIT_WARN,
                  "cpuidle/current_driver: %s; registered: %s, in which the TSC stops%s", OR_NONE(facts->idle_driver),
                  facts->deep_state, now);
        if (input->need.unbooted)
                audit_fix_by_parameters(input, step);
        else if (rule)
                audit_advise(step, "Remove that line and reload tscwarden. Without it only the shallowest C-state that "
                                   "halts the CPU is allowed.");
        else if (enabled)
                audit_fix_by_daemon(input, step);
        if (!step->advice)
                audit_advise(step, input->need.wanted[0] ? ONLY_PARAMETERS : NOT_BACK);
}

void audit_idle(const AuditInput *input, AuditStep *step)
{
        const Facts *facts = input->facts;
        const char *driver = OR_NONE(facts->idle_driver);
        const char *deep = facts->deep_state[0] ? facts->deep_state : "none deeper than C1";

        if (!need_from_facts(facts).idle)
                audit_set(step, AUDIT_NOT_APPLICABLE, "%s; idle driver: %s, deepest state: %s",
                          facts->hypervisor ? "in a guest the host decides them" :
                                              "nonstop_tsc: the TSC keeps counting in them",
                          driver, deep);
        else if (!facts->deep_state[0])
                audit_set(step, AUDIT_PASS, "cpuidle/current_driver: %s; registered: %s", driver, deep);
        else
                judge_deep(input, step);
}

void audit_c1e(const AuditInput *input, AuditStep *step)
{
        if (input->facts->hypervisor)
                audit_set(step, AUDIT_NOT_APPLICABLE, "in a guest the host decides it");
        else if (strcmp(input->facts->vendor, "AuthenticAMD") != 0)
                audit_set(step, AUDIT_NOT_APPLICABLE, "only AMD's older CPUs stop their TSC in C1E");
        else if (input->facts->nonstop_tsc)
                audit_set(step, AUDIT_NOT_APPLICABLE, "nonstop_tsc: the TSC keeps counting in C1E");
        else if (!input->setup->c1e)
                audit_set(step, AUDIT_PASS, "/proc/cpuinfo, bugs: apic_c1e is not among them");
        else {
                audit_set(step, AUDIT_FAIL, "/proc/cpuinfo, bugs: apic_c1e");
                audit_advise(step, "Switch C1E off in the firmware's setup: the kernel cannot do it.");
        }
}

void audit_pairing(const AuditInput *input, AuditStep *step)
{
        const char *current = input->clock->clocksource;
        /* If KVM runs nested on Hyper-V, Hyper-V's TSC page is enough (arch/x86/kvm/x86.c gtod_is_based_on_tsc). */
        bool pairs = clocksource_is_tsc(current) || strcmp(current, "hyperv_clocksource_tsc_page") == 0;
        bool tsc_says_why = !verdict_in_use(input->clock->verdict) && !input->facts->hypervisor;

        if (!current[0])
                audit_set(step, AUDIT_UNKNOWN, CURRENT " cannot be read");
        else if (input->setup->dom0)
                audit_set(step, AUDIT_NOT_APPLICABLE, "Xen's guests have Xen's clock, not KVM's");
        else if (pairs)
                audit_set(step, AUDIT_PASS, CURRENT ": %s; guests can load ptp_kvm", current);
        else {
                audit_set(step, AUDIT_FAIL,
                          CURRENT ": %s; KVM can give guests the host's clock only if that is the TSC, so ptp_kvm does "
                                  "not load there, or fails",
                          current);
                audit_advise(step, "Only a host that runs on its TSC can offer it%s.",
                             tsc_says_why ? ": see the step TSC" : "");
        }
}

#define SYNC_TIME_DOES                                                                                         \
        "With SYNC_TIME=1 and the service enabled, guests that a boot of the host has resumed are set right; " \
        "it then suspends them at each shutdown, unless ON_SHUTDOWN= there says otherwise. "
#define BEHIND_AFTER_RESUME                                                                                        \
        "After virsh resume, virsh restore or a migration a guest's clock is behind, and only its own NTP or PTP " \
        "client sets it. By hand, if its agent runs: virsh domtime DOMAIN --now"

void audit_resync(const AuditInput *input, AuditStep *step)
{
        const MachineSetup *setup = input->setup;
        const char *file = setup->sync_time_file;
        const char *setting = "no SYNC_TIME";
        bool enabled = setup->libvirt_guests_enabled;

        if (!setup->libvirt) {
                audit_set(step, AUDIT_NOT_APPLICABLE, "libvirt is not installed");
                return;
        }
        if (setup->sync_time_assigned)
                setting = setup->sync_time ? "SYNC_TIME=1" : "SYNC_TIME=0";
        audit_set(step, setup->sync_time && enabled ? AUDIT_PASS : AUDIT_WARN, "%s: %s; libvirt-guests.service is %s",
                  file, setting, enabled ? "enabled" : "not enabled, so nothing reads that file");
        audit_advise(step, "%s%s", enabled ? "" : SYNC_TIME_DOES, BEHIND_AFTER_RESUME);
        if (setup->sync_time || !enabled)
                return;
        if (setup->sync_time_assigned)
                audit_fix(step, "sed -i --follow-symlinks 's/^[[:space:]]*SYNC_TIME=.*/SYNC_TIME=1/' %s", file);
        else
                /* The text begins with a newline because the file may lack the final one. */
                audit_fix(step, "printf '\\nSYNC_TIME=1\\n' >> %s", file);
}
