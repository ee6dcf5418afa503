/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Checks which governor sets the frequency, and which other programs set a governor.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "check/audit-parts.h"
#include "model/frequency.h"
#include "model/need.h"
#include "model/rival.h"

#define OR_UNKNOWN(text) ((text)[0] ? (text) : "unknown")

void audit_fix_by_daemon(const AuditInput *input, Audit *audit, AuditStep *step)
{
        if (!input->policy)
                audit_advise(
                        audit, step,
                        "tscwardend does not start with its configuration file: `tscwardend --check-config` says why.");
        else if (input->never)
                audit_advise(
                        audit, step,
                        "APPLY=never (%s) forbids tscwarden to hold it: remove that line, then reload or start tscwarden.",
                        input->never);
        else if (input->setup->warden_running)
                audit_advise(audit, step, "tscwardend runs but does not hold it: `tscwarden status` says why.");
        else
                audit_fix(audit, step, "systemctl enable --now tscwarden");
}

/* Where tscwarden's configuration sets the governor for the CPUs of a cpufreq policy. */
typedef struct GovernorSource {
        char where[256]; /* "/etc/default/tscwarden:3", "built in", "no line of it names a governor" */
        bool asks;       /* the configuration asks for the current governor */
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

/* The current governor changes the frequency. If tscwarden's own policy asks for it, starting the daemon would not
 * help, so the configuration has to change. On a TSC that still works the daemon holds the frequency in spite of such
 * a policy. */
static void judge_moving_governor(const AuditInput *input, Audit *audit, const FreqDomain *domain)
{
        GovernorSource source;
        AuditStep *step;

        find_governor_source(input, domain, &source);
        if (source.asks && !facts_tsc_is_fragile(input->facts)) {
                step = audit_add(
                        audit, AUDIT_HOST, "governor", "governor", AUDIT_FAIL,
                        "cpufreq/policy*/scaling_governor: %s changes the frequency, and the TSC's rate with it; "
                        "tscwarden's policy (%s) asks for it",
                        domain->governor, source.where);
                audit_advise(
                        audit, step,
                        "Write GOVERNOR=performance (frequency-set -g performance) there, or remove the line, and reload tscwarden.");
                return;
        }
        step = audit_add(
                audit, AUDIT_HOST, "governor", "governor", AUDIT_FAIL,
                "cpufreq/policy*/scaling_governor: %s changes the frequency, and the TSC's rate with it; tscwarden's policy (%s) "
                "is not in force",
                domain->governor, source.where);
        audit_fix_by_daemon(input, audit, step);
}

static void judge_still_governor(const AuditInput *input, Audit *audit, const FreqDomain *domain)
{
        const FreqDomain *held = facts_tsc_is_fragile(input->facts) ? frequency_find_held_below(input->snapshot) : NULL;
        char price[128] = "";
        GovernorSource source;

        find_governor_source(input, domain, &source);
        if (held)
                snprintf(price, sizeof(price),
                         ", held at %" PRIu64 " MHz of %" PRIu64 " MHz until the next boot because the TSC still works",
                         held->cur_khz / 1000, held->hw_max_khz / 1000);
        audit_add(audit, AUDIT_HOST, "governor", "governor", AUDIT_PASS,
                  "cpufreq/policy*/scaling_governor: %s, which does not change the frequency%s; tscwarden's policy: %s",
                  OR_UNKNOWN(domain->governor), price, source.where);
}

static void judge_governor(const AuditInput *input, Audit *audit)
{
        const Snapshot *snapshot = input->snapshot;
        const FreqDomain *domain = snapshot->n_domains > 0 ? &snapshot->domains[0] : NULL;

        if (!need_from_facts(input->facts).frequency) {
                audit_add(audit, AUDIT_HOST, "governor", "governor", AUDIT_NOT_APPLICABLE, "%s; now: %s",
                          input->facts->hypervisor ? "in a guest the host decides it" :
                                                     "constant_tsc: the TSC does not follow the frequency",
                          domain ? OR_UNKNOWN(domain->governor) : "no cpufreq");
                return;
        }
        if (!domain) {
                audit_add(audit, AUDIT_HOST, "governor", "governor", AUDIT_PASS,
                          "/sys/devices/system/cpu/cpufreq: no policy, so nothing changes the frequency");
                return;
        }
        for (unsigned i = 0; i < snapshot->n_domains; i++)
                if (frequency_moves(&snapshot->domains[i])) {
                        judge_moving_governor(input, audit, &snapshot->domains[i]);
                        return;
                }
        judge_still_governor(input, audit, domain);
}

/* Writes "tuned cpupower" into `buffer` and returns it. */
static const char *list_owners(unsigned owners, char buffer[static 128])
{
        char *at = buffer;

        *at = '\0';
        for (Rival rival = 0; rival < RIVAL_MAX_; rival++)
                if (owners >> rival & 1)
                        at += sprintf(at, "%s%s", at > buffer ? " " : "", rival_service(rival));
        return buffer;
}

/* When any of these programs stops, it sets another governor. The frequency changes, and the kernel marks a TSC
 * without constant_tsc as unstable. */
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
        audit_advise(
                audit, step,
                "The TSC still works. If one of them is stopped, it sets another governor, and the kernel gives up the "
                "TSC: do not stop them now%s.",
                setup->owners_enabled ? "; once disabled, they do not start at the next boot" :
                                        ". They are disabled and do not start at the next boot");
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
                                 "not only tscwarden sets the governor, but also: %s", list_owners(owners, names));
                fix_owners(input, audit, step);
        }
}

void audit_governor(const AuditInput *input, Audit *audit)
{
        judge_governor(input, audit);
        judge_owners(input, audit);
}
