/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "check/audit-parts.h"
#include "model/clock-advice.h"
#include "model/clock-view.h"
#include "model/clock-words.h"
#include "model/frequency.h"
#include "model/kernel-line.h"
#include "model/need.h"

/* Short enough to stand in a line; the commands have the whole path. */
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

/* What a person has to do about the clock, and what of it a command can. */
static void fix_verdict(const AuditInput *input, Audit *audit, AuditStep *step, const BootNeed *need)
{
        const ClockView *clock = input->clock;
        RemedyKind kind = clock_remedy_kind(input->clock_facts, clock);

        if (kind == REMEDY_BOOT_PARAMETERS && audit_needs_only_reboot(need))
                audit_advise(
                        audit, step,
                        "The next boot has the parameters that keep it. Move guests that need a good clock away first.");
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
        static const AuditResult results[VERDICT_MAX_] = {
                [VERDICT_UNKNOWN] = AUDIT_UNKNOWN, [VERDICT_STABLE] = AUDIT_PASS, [VERDICT_TRUSTED] = AUDIT_PASS,
                [VERDICT_UNVERIFIED] = AUDIT_WARN, [VERDICT_UNUSED] = AUDIT_FAIL, [VERDICT_UNSTABLE] = AUDIT_FAIL,
                [VERDICT_ABSENT] = AUDIT_FAIL,
        };
        const ClockView *clock = input->clock;
        /* Nothing that uses the clock here is worse off: a guest on its hypervisor's, tsc=nowatchdog on a fit CPU. A
         * guest's own guests pay: clock-pairing says so. */
        bool fine = clock->urgency == URGENCY_NONE && clock->verdict != VERDICT_UNKNOWN;
        AuditStep *step;

        step = audit_add(audit, AUDIT_HOST, "tsc-verdict", "TSC", fine ? AUDIT_PASS : results[clock->verdict],
                         "%s: %s " CURRENT ": %s, available: %s.%s%s", verdict_to_string(clock->verdict),
                         input->reason_text, OR_UNKNOWN(clock->clocksource), OR_UNKNOWN(clock->available),
                         clock->kernel_line[0] ? " The kernel: " : "", clock->kernel_line);
        fix_verdict(input, audit, step, need);
}

/* Deep states that could still be entered: a CPU that is offline enters none, and nobody can switch them off there. */
static unsigned count_enabled_deep(const AuditInput *input)
{
        unsigned n = 0;

        for (unsigned i = 0; i < input->snapshot->n_cpus; i++) {
                const CpuState *cpu = &input->snapshot->cpus[i];
                const IdleState *shallowest = cpu_shallowest_state(cpu);

                for (unsigned s = 0; s < cpu->n_states && cpu->online; s++)
                        n += shallowest && &cpu->states[s] != shallowest && !idle_state_is_poll(&cpu->states[s]) &&
                             (cpu->states[s].latency_usec > shallowest->latency_usec ||
                              (cpu->states[s].latency_usec == shallowest->latency_usec &&
                               cpu->states[s].index > shallowest->index)) &&
                             !cpu->states[s].disabled;
        }
        return n;
}

/* Where it runs already, its own word says what is in its way. */
static void fix_by_daemon(const AuditInput *input, Audit *audit, AuditStep *step)
{
        if (input->setup->warden_running)
                audit_advise(audit, step, "tscwardend runs and does not hold it: `tscwarden status` says why.");
        else
                audit_fix(audit, step, "systemctl enable --now tscwarden");
}

static void judge_idle(const AuditInput *input, Audit *audit, const BootNeed *need)
{
        const ClockFacts *facts = input->clock_facts;
        const char *driver = facts->idle_driver[0] ? facts->idle_driver : "none";
        const char *deep = facts->deep_state[0] ? facts->deep_state : "none deeper than C1";
        AuditStep *step;

        if (!need_from_facts(input->facts).idle) {
                audit_add(audit, AUDIT_HOST, "idle-states", "C-states", AUDIT_NOT_APPLICABLE,
                          "%s; idle driver: %s, deepest state: %s",
                          input->facts->hypervisor ? "in a guest they are the host's business" :
                                                     "nonstop_tsc: the TSC counts on in them",
                          driver, deep);
                return;
        }
        if (!facts->deep_state[0]) {
                audit_add(audit, AUDIT_HOST, "idle-states", "C-states", AUDIT_PASS,
                          "cpuidle/current_driver: %s; registered: %s", driver, deep);
                return;
        }
        step = audit_add(audit, AUDIT_HOST, "idle-states", "C-states",
                         count_enabled_deep(input) ? AUDIT_FAIL : AUDIT_WARN,
                         "cpuidle/current_driver: %s; registered: %s, and the TSC stops there%s", driver, deep,
                         count_enabled_deep(input) ? "" : "; switched off now (cpuN/cpuidle/stateN/disable)");
        if (need->unbooted)
                audit_fix_by_parameters(input, audit, step, need);
        else if (count_enabled_deep(input))
                fix_by_daemon(input, audit, step);
        if (!step->advice)
                audit_advise(audit, step, "%s",
                             need->wanted[0] ?
                                     "Registering them is what costs the TSC: a boot parameter prevents it, the daemon "
                                     "only keeps the CPUs out of them." :
                                     "The daemon keeps the CPUs out of them; that does not bring a lost TSC back.");
}

static void judge_c1e(const AuditInput *input, Audit *audit)
{
        bool amd = strcmp(input->facts->vendor, "AuthenticAMD") == 0;
        AuditStep *step;

        if (!amd || input->facts->hypervisor || input->facts->nonstop_tsc) {
                const char *why = "only AMD's older CPUs stop their TSC in C1E";

                if (input->facts->hypervisor)
                        why = "in a guest it is the host's business";
                else if (amd)
                        why = "nonstop_tsc: the TSC counts on in C1E";
                audit_add(audit, AUDIT_HOST, "c1e", "C1E in firmware", AUDIT_NOT_APPLICABLE, "%s", why);
                return;
        }
        step = audit_add(audit, AUDIT_HOST, "c1e", "C1E in firmware", input->setup->c1e ? AUDIT_FAIL : AUDIT_PASS,
                         "/proc/cpuinfo, bugs: apic_c1e%s", input->setup->c1e ? "" : " is not among them");
        if (input->setup->c1e)
                audit_advise(audit, step,
                             "Switch C1E off in the firmware's setup and boot: the kernel has no knob for it.");
}

/* What the configuration says of the governor for the CPUs of a policy; "" for nothing. */
typedef struct GovernorSource {
        char where[256]; /* "/etc/default/tscwarden:3", "built in", "no line of it names a governor" */
        bool asks;       /* for the governor that is there now */
} GovernorSource;

static void find_governor_source(const AuditInput *input, const FreqDomain *domain, GovernorSource *ret)
{
        int cpu = cpuset_next(&domain->cpus, 0);
        const PolicyRule *rule = NULL;
        CpuPolicy of_cpu;

        *ret = (GovernorSource) {};
        if (input->policy) {
                policy_for_cpu(input->policy, cpu >= 0 ? (unsigned)cpu : CPUSET_MAX, &of_cpu);
                rule = of_cpu.by[POLICY_GOVERNOR];
        }
        ret->asks = rule && policy_rule_names_governor(rule, domain->governor);
        if (!input->policy)
                snprintf(ret->where, sizeof(ret->where), "its file is refused");
        else if (!rule)
                snprintf(ret->where, sizeof(ret->where), "no line of it names a governor");
        else if (!rule->file)
                snprintf(ret->where, sizeof(ret->where), "built in");
        else
                snprintf(ret->where, sizeof(ret->where), "%s:%u", rule->file, rule->lines[POLICY_GOVERNOR]);
        ret->asks = ret->asks || (input->policy && !rule);
}

/* The policy itself lets the frequency move: starting the daemon, or looking at it, would change nothing. */
static void judge_moving_governor(const AuditInput *input, Audit *audit, const FreqDomain *domain)
{
        GovernorSource source;
        AuditStep *step;

        find_governor_source(input, domain, &source);
        if (source.asks) {
                step = audit_add(
                        audit, AUDIT_HOST, "governor", "governor", AUDIT_FAIL,
                        "cpufreq/policy*/scaling_governor: %s moves the frequency, and the TSC with it; tscwarden's "
                        "policy (%s) wants no other",
                        domain->governor, source.where);
                audit_advise(
                        audit, step,
                        "Write GOVERNOR=performance (frequency-set -g performance) there instead, or take the line out, and "
                        "reload tscwarden.");
                return;
        }
        step = audit_add(
                audit, AUDIT_HOST, "governor", "governor", AUDIT_FAIL,
                "cpufreq/policy*/scaling_governor: %s moves the frequency, and the TSC with it; tscwarden's policy (%s) is "
                "not in force",
                domain->governor, source.where);
        fix_by_daemon(input, audit, step);
}

static void judge_still_governor(const AuditInput *input, Audit *audit, const FreqDomain *domain)
{
        const FreqDomain *held = facts_tsc_is_fragile(input->facts) ? frequency_find_held_below(input->snapshot) : NULL;
        char price[128] = "";
        GovernorSource source;

        find_governor_source(input, domain, &source);
        if (held)
                snprintf(price, sizeof(price),
                         ", held at %" PRIu64 " MHz of %" PRIu64 " MHz until the next boot since the TSC lives",
                         held->cur_khz / 1000, held->hw_max_khz / 1000);
        audit_add(audit, AUDIT_HOST, "governor", "governor", AUDIT_PASS,
                  "cpufreq/policy*/scaling_governor: %s, which does not move the frequency%s; tscwarden's policy: %s",
                  OR_UNKNOWN(domain->governor), price, source.where);
}

static void judge_governor(const AuditInput *input, Audit *audit)
{
        const Snapshot *snapshot = input->snapshot;
        const FreqDomain *domain = snapshot->n_policies > 0 ? &snapshot->policies[0] : NULL;

        if (!need_from_facts(input->facts).frequency) {
                audit_add(audit, AUDIT_HOST, "governor", "governor", AUDIT_NOT_APPLICABLE, "%s; now: %s",
                          input->facts->hypervisor ? "in a guest it is the host's business" :
                                                     "constant_tsc: the TSC does not follow the frequency",
                          domain ? OR_UNKNOWN(domain->governor) : "no cpufreq");
                return;
        }
        if (!domain) {
                audit_add(audit, AUDIT_HOST, "governor", "governor", AUDIT_PASS,
                          "/sys/devices/system/cpu/cpufreq: no policy, nothing moves the frequency");
                return;
        }
        for (unsigned i = 0; i < snapshot->n_policies; i++)
                if (frequency_moves(&snapshot->policies[i])) {
                        judge_moving_governor(input, audit, &snapshot->policies[i]);
                        return;
                }
        judge_still_governor(input, audit, domain);
}

/* "tuned cpupower" in `buffer`, which is returned. */
static const char *list_owners(unsigned owners, char buffer[static 128])
{
        char *at = buffer;

        *at = '\0';
        for (GovernorOwner owner = 0; owner < OWNER_MAX_; owner++)
                if (owners >> owner & 1)
                        at += sprintf(at, "%s%s", at > buffer ? " " : "", governor_owner_service(owner));
        return buffer;
}

/* Stopping any of them sets another governor: a transition, which costs a TSC that still lives. */
static void fix_owners(const AuditInput *input, Audit *audit, AuditStep *step)
{
        const MachineSetup *setup = input->setup;
        bool lives = audit_in_use(input->clock->verdict) || input->clock->verdict == VERDICT_UNUSED;
        const char *first = setup->warden_running ? "" : "systemctl enable --now tscwarden && ";
        char names[128];

        if (!lives) {
                audit_fix(audit, step, "%ssystemctl disable --now %s", first, list_owners(setup->owners, names));
                return;
        }
        if (setup->owners_enabled)
                audit_fix(audit, step, "%ssystemctl disable %s", first, list_owners(setup->owners_enabled, names));
        audit_advise(audit, step,
                     "The TSC still lives, and stopping one of them sets another governor, which costs it: do not stop "
                     "them now%s.",
                     setup->owners_enabled ? "; disabled, they are gone after the next boot" :
                                             ". They are disabled, and gone after the next boot");
}

static void judge_owners(const AuditInput *input, Audit *audit)
{
        unsigned owners = input->setup->owners;
        bool needed = need_from_facts(input->facts).frequency;
        char names[128];
        AuditStep *step;

        if (!input->setup->processes_known && !owners)
                audit_add(audit, AUDIT_HOST, "governor-owners", "governor owners", AUDIT_UNKNOWN,
                          "/proc cannot be read");
        else if (!needed || !owners)
                audit_add(audit, AUDIT_HOST, "governor-owners", "governor owners",
                          needed ? AUDIT_PASS : AUDIT_NOT_APPLICABLE, "%s",
                          owners ? list_owners(owners, names) :
                                   "no tuned, power-profiles-daemon, auto-cpufreq, cpufrequtils or cpupower.service");
        else {
                step = audit_add(audit, AUDIT_HOST, "governor-owners", "governor owners", AUDIT_WARN,
                                 "beside tscwarden the governor is set by: %s", list_owners(owners, names));
                fix_owners(input, audit, step);
        }
}

static void judge_pairing(const AuditInput *input, Audit *audit)
{
        const char *current = input->clock->clocksource;
        /* Nested on Hyper-V, its page does as well: VDSO_CLOCKMODE_HVCLOCK (arch/x86/kvm/x86.c gtod_is_based_on_tsc). */
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
        step = audit_add(audit, AUDIT_HOST, "clock-pairing", "guests' ptp_kvm", pairs ? AUDIT_PASS : AUDIT_FAIL,
                         CURRENT ": %s; %s", current,
                         pairs ? "guests can load ptp_kvm" :
                                 "KVM pairs clocks from tsc only, so guests cannot load ptp_kvm, or it fails");
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
                         file, setting, enabled ? "enabled" : "not enabled, so nothing reads that");
        audit_advise(
                audit, step,
                "%sAfter virsh resume, restore or a migration a guest's clock is behind and nothing but its own NTP or "
                "PTP client sets it right; by hand, with its agent: virsh domtime DOMAIN --now",
                enabled ? "" :
                          "Enabled, that service suspends the guests at a shutdown, unless its file says otherwise. ");
        if (setup->sync_time)
                return;
        if (setup->sync_time_assigned)
                audit_fix(audit, step, "sed -i 's/^[[:space:]]*SYNC_TIME=.*/SYNC_TIME=1/' %s", file);
        else
                /* The file may lack the newline at its end. */
                audit_fix(audit, step, "printf '\\nSYNC_TIME=1\\n' >> %s", file);
}

void audit_host(const AuditInput *input, Audit *audit)
{
        BootNeed need;

        boot_need_find(input->clock_facts, input->clock->verdict, input->clock->reason, input->boot, &need);
        judge_flags(input, audit);
        judge_verdict(input, audit, &need);
        audit_boot_parameters(input, audit, &need);
        judge_idle(input, audit, &need);
        judge_c1e(input, audit);
        judge_governor(input, audit);
        judge_owners(input, audit);
        judge_pairing(input, audit);
        judge_resync(input, audit);
}
