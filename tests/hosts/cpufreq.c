/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The rules of drivers/cpufreq in Linux 6.1, simplified: limits are requests that are clamped, not refused; a governor
 * has a target frequency; only a changed frequency is a transition, and a transition is what costs the TSC
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "host.h"
#include "text.h"

int host_add_policy(Host *host, Policy *policy)
{
        Policy **more = reallocarray(host->policies, host->n_policies + 1, sizeof(*more));

        if (!more)
                return -ENOMEM;
        host->policies = more;
        host->policies[host->n_policies++] = policy;
        for (size_t i = 0; i < policy->n_cpus; i++)
                host->cpus[policy->cpus[i]].policy = policy;
        return 0;
}

void policy_free(Policy *policy)
{
        if (!policy)
                return;
        free(policy->cpus);
        free(policy->driver);
        free(policy->freqs);
        free(policy->epp);
        free(policy->epps);
        free(policy->boot.epp);
        free(policy);
}

bool policy_is_active(const Host *host, const Policy *policy)
{
        if (!host->cpufreq_loaded)
                return false;
        for (size_t i = 0; i < policy->n_cpus; i++)
                if (host->cpus[policy->cpus[i]].online)
                        return true;
        return false;
}

static unsigned clamp(unsigned v, unsigned low, unsigned high)
{
        return v < low ? low : v > high ? high : v;
}

/* The lowest table frequency that is not below khz, or the highest there is (CPUFREQ_RELATION_L). */
static unsigned round_up(const Policy *p, unsigned khz)
{
        for (size_t i = 0; i < p->n_freqs; i++)
                if (p->freqs[i] >= khz)
                        return p->freqs[i];
        return p->n_freqs ? p->freqs[p->n_freqs - 1] : khz;
}

static unsigned round_down(const Policy *p, unsigned khz)
{
        for (size_t i = p->n_freqs; i > 0; i--)
                if (p->freqs[i - 1] <= khz)
                        return p->freqs[i - 1];
        return p->n_freqs ? p->freqs[0] : khz;
}

/* time_cpufreq_notifier() in arch/x86/kernel/tsc.c. Registered where the boot CPU lacks constant_tsc
 * (cpufreq_register_tsc_scaling(), 3.10 to 7.2). Called for every transition:
 *   num_online_cpus() > 1: marks, whatever the driver (5.2 and later; before that as below, on any number of CPUs);
 *   one CPU: marks at PRECHANGE with old < new or POSTCHANGE with old > new, which is every changed frequency,
 *     unless the driver has CPUFREQ_CONST_LOOPS: all with ->setpolicy, and p4-clockmod, whose clock modulation leaves
 *     the TSC alone (cpufreq_p4_get_frequency(); not on a Pentium M "Banias"). */
static void cpufreq_notify_tsc(Host *host, const Policy *p)
{
        if (host_has_flag(host, "constant_tsc"))
                return;
        if (host_count_online(host) > 1)
                clock_mark_tsc(host, "cpufreq changes on SMP");
        else if (strcmp(p->driver, "p4-clockmod") != 0)
                clock_mark_tsc(host, "cpufreq changes");
}

static void policy_move(Host *host, Policy *p, unsigned target)
{
        if (target == p->cur)
                return;
        p->cur = target;
        /* Drivers with ->setpolicy send no transition notifications, and keep no statistics. */
        if (p->setpolicy)
                return;
        p->total_trans++;
        cpufreq_notify_tsc(host, p);
}

bool governor_is_free(const Policy *p)
{
        return strcmp(p->governor, "performance") != 0 && strcmp(p->governor, "powersave") != 0 &&
               strcmp(p->governor, "userspace") != 0;
}

static void policy_run_governor(Host *host, Policy *p)
{
        unsigned target;

        if (!policy_is_active(host, p))
                return;
        if (strcmp(p->governor, "performance") == 0)
                target = p->max;
        else if (p->setpolicy)
                target = clamp(p->cur, p->min, p->max);
        else if (strcmp(p->governor, "powersave") == 0)
                target = p->min;
        else if (strcmp(p->governor, "userspace") == 0)
                target = round_up(p, clamp(p->setspeed, p->min, p->max));
        else
                target = p->cur != p->min ? p->min : p->max;
        policy_move(host, p, target);
}

/* True when the effective limits moved. */
static bool policy_take_limits(Policy *p)
{
        unsigned old_min = p->min, old_max = p->max;
        unsigned max = p->req_max < p->cap_max ? p->req_max : p->cap_max;
        unsigned min = p->req_min > p->cap_min ? p->req_min : p->cap_min;

        /* cpufreq_verify_within_limits(): the maximum wins over the minimum. */
        max = clamp(max, p->hw_min, p->hw_max);
        min = clamp(min, p->hw_min, max);
        if (p->n_freqs) {
                /* cpufreq_frequency_table_verify(): no entry inside the limits lifts the maximum to the next one. */
                if (round_up(p, min) > max)
                        max = round_up(p, max);
                min = round_up(p, min);
                max = round_down(p, max);
        }
        p->min = min;
        p->max = max;
        return min != old_min || max != old_max;
}

static void policy_settle(Host *host, void *data)
{
        Policy *p = data;

        p->settling = false;
        if (policy_is_active(host, p) && policy_take_limits(p))
                policy_run_governor(host, p);
}

static void policy_limits_changed(Host *host, Policy *p)
{
        if (p->settle_ms == 0) {
                policy_settle(host, p);
                return;
        }
        if (!p->settling && timer_add(host, p->settle_ms, policy_settle, p) >= 0)
                p->settling = true;
}

int policy_write_limit(Host *host, Policy *p, bool is_max, unsigned khz)
{
        unsigned *req = is_max ? &p->req_max : &p->req_min;

        /* Kernels before 5.3 compared the two in cpufreq_set_policy(); since then a limit is a PM QoS request. */
        if (p->strict) {
                unsigned v = clamp(khz, p->hw_min, p->hw_max);

                if (is_max ? v < p->req_min : v > p->req_max)
                        return -EINVAL;
                khz = v;
        }
        if (*req == khz)
                return 0;
        *req = khz;
        policy_limits_changed(host, p);
        return 0;
}

void policy_cap_limit(Host *host, Policy *p, bool is_max, unsigned khz)
{
        if (is_max)
                p->cap_max = khz;
        else
                p->cap_min = khz;
        if (policy_take_limits(p))
                policy_run_governor(host, p);
}

static void policy_start_governor(Host *host, Policy *p)
{
        (void)policy_take_limits(p);
        p->setspeed = p->cur;
        policy_run_governor(host, p);
}

static const char *host_find_governor(Host *host, const char *name)
{
        for (size_t i = 0; i < host->governors.n; i++)
                if (strncasecmp(host->governors.names[i], name, GOVERNOR_LEN) == 0)
                        return host->governors.names[i];
        /* request_module("cpufreq_NAME"): module names know no other case. */
        for (size_t i = 0; i < host->loadable.n; i++)
                if (strcmp(host->loadable.names[i], name) == 0 && names_insert(&host->governors, 0, name) >= 0)
                        return host->governors.names[0];
        return NULL;
}

int policy_write_governor(Host *host, Policy *p, const char *text)
{
        char name[GOVERNOR_LEN];
        const char *found;

        if (sscanf(text, "%15s", name) != 1)
                return -EINVAL;
        if (p->setpolicy)
                found = strcasecmp(name, "performance") == 0 ? "performance" :
                        strcasecmp(name, "powersave") == 0   ? "powersave" :
                                                               NULL;
        else
                found = host_find_governor(host, name);
        if (!found)
                return -EINVAL;
        if (strcmp(found, p->governor) == 0) {
                /* cpufreq_set_policy() reads the requests again, so a pending limit takes effect here. */
                if (policy_take_limits(p))
                        policy_run_governor(host, p);
                return 0;
        }
        snprintf(p->governor, sizeof(p->governor), "%s", found);
        policy_start_governor(host, p);
        return 0;
}

int policy_write_setspeed(Host *host, Policy *p, unsigned khz)
{
        if (p->setpolicy || strcmp(p->governor, "userspace") != 0)
                return -EINVAL;
        p->setspeed = khz;
        policy_run_governor(host, p);
        return 0;
}

unsigned policy_read_hardware(Host *host, Policy *p)
{
        if (p->hw_cur != 0)
                policy_move(host, p, p->hw_cur);
        return p->cur;
}

void policy_start(Host *host, Policy *p)
{
        policy_start_governor(host, p);
}

void policy_reset(Policy *p)
{
        snprintf(p->governor, sizeof(p->governor), "%s", p->boot.governor);
        p->req_min = p->boot.min;
        p->req_max = p->boot.max;
        p->cap_min = 0;
        p->cap_max = UINT_MAX;
        p->cur = p->setspeed = p->boot.cur;
        p->total_trans = 0;
        free(p->epp);
        p->epp = p->boot.epp ? strdup(p->boot.epp) : NULL;
        (void)policy_take_limits(p);
}

void host_tick(Host *host)
{
        for (size_t i = 0; i < host->n_policies; i++) {
                Policy *p = host->policies[i];

                if (!p->setpolicy && governor_is_free(p))
                        policy_run_governor(host, p);
        }
}

int host_load_cpufreq(Host *host, bool load)
{
        if (host->n_policies == 0 || host->cpufreq_loaded == load)
                return -EINVAL;
        host->cpufreq_loaded = load;
        for (size_t i = 0; load && i < host->n_policies; i++) {
                policy_reset(host->policies[i]);
                policy_start_governor(host, host->policies[i]);
        }
        return 0;
}
