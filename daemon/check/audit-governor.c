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

#define CURRENT "cpufreq/policy*/scaling_governor"
#define OR_UNKNOWN(text) ((text)[0] ? (text) : "unknown")

void audit_fix_by_daemon(const AuditInput *input, AuditStep *step)
{
        if (!input->policy)
                audit_advise(step, "tscwardend does not start with its configuration file: `tscwardend --check-config` "
                                   "says why.");
        else if (input->never)
                audit_advise(step,
                             "APPLY=never (%s) forbids tscwarden to hold it: remove that line, then reload or start "
                             "tscwarden.",
                             input->never);
        else if (input->setup->warden_running)
                audit_advise(step, "tscwardend runs but does not hold it: `tscwarden status` says why.");
        else
                audit_fix(step, "systemctl enable --now tscwarden");
}

/* Writes where tscwarden's configuration sets the governor for the CPUs of a cpufreq policy. True: the configuration
 * asks for the current governor, or sets none and leaves it. */
static bool find_source(const AuditInput *input, const FreqDomain *domain, char where[static 256])
{
        int cpu = cpuset_next(&domain->cpus, 0);
        const PolicyRule *rule;
        CpuPolicy of_cpu;

        if (!input->policy) {
                strcpy(where, "its file is refused");
                return false;
        }
        policy_for_cpu(input->policy, cpu >= 0 ? (unsigned)cpu : CPUSET_MAX, &of_cpu);
        rule = of_cpu.by[POLICY_GOVERNOR];
        if (!rule)
                strcpy(where, "no line of it names a governor");
        else if (!rule->file)
                strcpy(where, "built in");
        else
                snprintf(where, 256, "%s:%u", rule->file, rule->lines[POLICY_GOVERNOR]);
        return !rule || policy_rule_names_governor(rule, domain->governor);
}

/* The current governor changes the frequency. If tscwarden's own policy asks for it, starting the daemon would not
 * help, so the configuration has to change. On a TSC that still works the daemon holds the frequency in spite of such
 * a policy. */
static void judge_moving(const AuditInput *input, AuditStep *step, const FreqDomain *domain)
{
        char where[256];
        bool asks = find_source(input, domain, where) && !facts_tsc_is_fragile(input->facts);

        audit_set(step, AUDIT_FAIL,
                  CURRENT ": %s changes the frequency, and the TSC's rate with it; tscwarden's policy (%s) %s",
                  domain->governor, where, asks ? "keeps it" : "is not in force");
        if (asks)
                audit_advise(step, "Set GOVERNOR=performance (frequency-set -g performance) in tscwarden's "
                                   "configuration, and reload tscwarden.");
        else
                audit_fix_by_daemon(input, step);
}

static void judge_still(const AuditInput *input, AuditStep *step, const FreqDomain *domain)
{
        const FreqDomain *held = facts_tsc_is_fragile(input->facts) ? frequency_find_held_below(input->snapshot) : NULL;
        char price[128] = "", where[256];

        (void)find_source(input, domain, where);
        if (held)
                snprintf(price, sizeof(price),
                         ", held at %" PRIu64 " MHz of %" PRIu64 " MHz until the next boot because the TSC still works",
                         held->cur_khz / 1000, held->hw_max_khz / 1000);
        audit_set(step, AUDIT_PASS, CURRENT ": %s, which does not change the frequency%s; tscwarden's policy: %s",
                  OR_UNKNOWN(domain->governor), price, where);
}

void audit_governor(const AuditInput *input, AuditStep *step)
{
        const Snapshot *snapshot = input->snapshot;
        const FreqDomain *domain = snapshot->n_domains > 0 ? &snapshot->domains[0] : NULL;
        unsigned moving = 0;

        while (moving < snapshot->n_domains && !frequency_moves(&snapshot->domains[moving]))
                moving++;
        if (!need_from_facts(input->facts).frequency)
                audit_set(step, AUDIT_NOT_APPLICABLE, "%s; now: %s",
                          input->facts->hypervisor ? "in a guest the host decides it" :
                                                     "constant_tsc: the TSC does not follow the frequency",
                          domain ? OR_UNKNOWN(domain->governor) : "no cpufreq");
        else if (!domain)
                audit_set(step, AUDIT_PASS,
                          "/sys/devices/system/cpu/cpufreq: no policy, so nothing changes the frequency");
        else if (moving < snapshot->n_domains)
                judge_moving(input, step, &snapshot->domains[moving]);
        else
                judge_still(input, step, domain);
}

/* Writes "tuned cpupower" into `buffer` and returns it. */
static const char *list_owners(unsigned owners, char buffer[static 128])
{
        char *at = buffer;

        *at = '\0';
        for (Rival rival = 0; rival < RIVAL_MAX_; rival++)
                if (owners >> rival & 1)
                        at += sprintf(at, "%s%s", at > buffer ? " " : "", rival_facts[rival].service);
        return buffer;
}

/* When any of these programs stops, it sets another governor. The frequency changes, and the kernel marks a TSC
 * without constant_tsc as unstable. */
static void fix_owners(const AuditInput *input, AuditStep *step)
{
        const MachineSetup *setup = input->setup;
        bool lives = verdict_in_use(input->clock->verdict) || input->clock->verdict == VERDICT_UNUSED;
        const char *first = setup->warden_running ? "" : "systemctl enable --now tscwarden && ";
        char names[128];

        if (!lives) {
                audit_fix(step, "%ssystemctl disable --now %s", first, list_owners(setup->owners, names));
                return;
        }
        if (setup->owners_enabled)
                audit_fix(step, "%ssystemctl disable %s", first, list_owners(setup->owners_enabled, names));
        audit_advise(step,
                     "The TSC still works. If one of them is stopped, it sets another governor, and the kernel gives "
                     "up the TSC: do not stop them now%s.",
                     setup->owners_enabled ? "; once disabled, they do not start at the next boot" :
                                             ". They are disabled and do not start at the next boot");
}

void audit_owners(const AuditInput *input, AuditStep *step)
{
        unsigned owners = input->setup->owners;
        bool needed = need_from_facts(input->facts).frequency;
        char names[128];

        if (!input->setup->processes_known && !owners)
                audit_set(step, AUDIT_UNKNOWN, "/proc cannot be read");
        else if (!needed || !owners)
                audit_set(step, needed ? AUDIT_PASS : AUDIT_NOT_APPLICABLE, "%s",
                          owners ? list_owners(owners, names) :
                                   "no tuned, power-profiles-daemon, auto-cpufreq, cpufrequtils or cpupower.service");
        else {
                audit_set(step, AUDIT_WARN, "not only tscwarden sets the governor, but also: %s",
                          list_owners(owners, names));
                fix_owners(input, step);
        }
}
