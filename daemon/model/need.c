/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/need.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "model/cmdline.h"

Halves need_from_facts(const Facts *facts)
{
        /* The host of a guest decides about the guest's frequency and C-states. */
        if (facts->hypervisor)
                return (Halves) {};
        return (Halves) { .frequency = !facts->constant_tsc, .idle = !facts->nonstop_tsc };
}

Halves need_without_driver(const Facts *facts)
{
        /* drivers/cpufreq/cpufreq.c cpufreq_disabled, drivers/cpuidle/cpuidle.c cpuidle_disabled; idle=: intel_idle.c
         * intel_idle_init, acpi/processor_idle.c disabled_by_idle_boot_param. */
        return (Halves) {
                .frequency = cmdline_has(facts->cmdline, "cpufreq.off", "1"),
                .idle = cmdline_has(facts->cmdline, "cpuidle.off", "1") ||
                        cmdline_has(facts->cmdline, "idle", "poll") || cmdline_has(facts->cmdline, "idle", "halt"),
        };
}

Halves need_under_mode(const Facts *facts, ApplyMode mode, Halves filled)
{
        Halves without = need_without_driver(facts), need = need_from_facts(facts);

        if (mode == APPLY_NEVER)
                need = (Halves) {};
        if (mode == APPLY_ALWAYS)
                need = (Halves) { .frequency = need.frequency || !filled.frequency, .idle = need.idle || !filled.idle };

        return (Halves) { .frequency = need.frequency && !without.frequency, .idle = need.idle && !without.idle };
}

/* " on CPU 3" or " on CPUs 0-3", or nothing when it is all of them. */
static char *cpus_phrase(const CpuSet *cpus, unsigned n_cpus)
{
        _cleanup_free_ char *named = cpuset_format_named(cpus);

        if (!named || cpuset_count(cpus) == n_cpus)
                return named ? strdup("") : NULL;
        return text_format(" on %s", named);
}

char *need_reason(const Facts *facts)
{
        _cleanup_free_ char *frequency = NULL, *idle = NULL;
        const char *cpu = facts_is_amd_rev_f(facts) ? " (AMD revision F)" : "";
        Halves need = need_from_facts(facts);

        frequency = cpus_phrase(&facts->without_constant_tsc, facts->n_cpus);
        idle = cpus_phrase(&facts->without_nonstop_tsc, facts->n_cpus);
        if (!frequency || !idle)
                return NULL;

        if (facts->hypervisor)
                return text_format("This is a virtual machine: its host decides about frequency and C-states.");
        else if (need.frequency && need.idle)
                return text_format(
                        "constant_tsc is missing%s and nonstop_tsc is missing%s%s: the TSC follows the CPU's frequency "
                        "and stops in deep C-states.",
                        frequency, idle, cpu);
        else if (need.frequency)
                return text_format("constant_tsc is missing%s%s: the TSC follows the CPU's frequency.", frequency, cpu);
        else if (need.idle)
                return text_format("nonstop_tsc is missing%s%s: the TSC stops in deep C-states.", idle, cpu);
        else
                return text_format("Every CPU has constant_tsc and nonstop_tsc.");
}
