/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/macro.h"
#include "base/words.h"
#include "model/clock-facts.h"
#include "model/cmdline.h"
#include "model/frequency.h"

void clock_facts_add_snapshot(Facts *facts, const Snapshot *snapshot)
{
        const IdleState *deepest = NULL;

        facts->deep_state[0] = facts->moving_governor[0] = '\0';
        facts->frequency_is_modulated = false;
        snprintf(facts->idle_driver, sizeof(facts->idle_driver), "%s",
                 strcmp(snapshot->idle_driver, "none") == 0 ? "" : snapshot->idle_driver);
        for (unsigned i = 0; i < snapshot->n_cpus; i++)
                for (unsigned n = 0; n < snapshot->cpus[i].n_states; n++) {
                        const IdleState *state = &snapshot->cpus[i].states[n];

                        /* On a large host few names are compared: equal ones are shared. */
                        if ((!deepest || state->latency_usec > deepest->latency_usec ||
                             (state->latency_usec == deepest->latency_usec && state->name != deepest->name)) &&
                            idle_state_is_beyond_c1(state))
                                deepest = state;
                }
        if (deepest)
                snprintf(facts->deep_state, sizeof(facts->deep_state), "%s", deepest->name);
        for (unsigned i = 0; i < snapshot->n_domains; i++) {
                const FreqDomain *domain = &snapshot->domains[i];

                facts->frequency_is_modulated |= strcmp(domain->driver, "p4-clockmod") == 0;
                if (frequency_moves(domain))
                        snprintf(facts->moving_governor, sizeof(facts->moving_governor), "%s", domain->governor);
        }
        facts->idle_is_shallow = facts->idle_driver[0] && !facts->deep_state[0] &&
                                 !cmdline_has(facts->cmdline, "processor.max_cstate", NULL) &&
                                 !cmdline_has(facts->cmdline, "intel_idle.max_cstate", NULL) &&
                                 !cmdline_has(facts->cmdline, "idle", NULL);
        facts->frequency_is_fixed =
                snapshot->n_cpus > 0 && snapshot->n_domains == 0 && !clock_facts_frequency_held(facts);
}

bool clocksource_has_vdso(const char *name)
{
        return clocksource_is_tsc(name) || strcmp(name, "kvm-clock") == 0 ||
               strcmp(name, "hyperv_clocksource_tsc_page") == 0;
}

/* False if the version is unknown, as with clock_facts_kernel_before(). */
static bool kernel_at_least(const Facts *facts, unsigned major, unsigned minor)
{
        if (facts->kernel_major == 0)
                return false;
        return facts->kernel_major > major || (facts->kernel_major == major && facts->kernel_minor >= minor);
}

bool clock_facts_kernel_before(const Facts *facts, unsigned major, unsigned minor)
{
        return facts->kernel_major != 0 && !kernel_at_least(facts, major, minor);
}

bool clock_facts_asked_clocksource(const Facts *facts, char ret[static CLOCKSOURCE_NAME_SIZE],
                                   const char **ret_parameter)
{
        *ret_parameter = "clocksource";
        if (cmdline_get(facts->cmdline, "clocksource", ret, CLOCKSOURCE_NAME_SIZE))
                return true;
        *ret_parameter = "clock";
        if (!cmdline_get(facts->cmdline, "clock", ret, CLOCKSOURCE_NAME_SIZE))
                return false;
        if (strcmp(ret, "pmtmr") == 0)
                strcpy(ret, "acpi_pm");
        return true;
}

bool clock_facts_unsynchronized(const Facts *facts)
{
        if (facts->constant_tsc || facts->n_possible < 2 || strcmp(facts->vendor, "GenuineIntel") == 0)
                return false;
        if (cmdline_has(facts->cmdline, "tsc", "reliable") || facts->tsc_reliable)
                return false;
        return facts->n_packages != 1 || !kernel_at_least(facts, 6, 12);
}

bool clock_facts_frequency_held(const Facts *facts)
{
        return cmdline_has(facts->cmdline, "cpufreq.off", "1");
}

static bool max_cstate_is_one(const Facts *facts, const char *name)
{
        char value[8];

        if (!cmdline_get(facts->cmdline, name, value, sizeof(value)))
                return false;
        return strcmp(value, "1") == 0 || strcmp(value, "0") == 0;
}

bool clock_facts_idle_limited(const Facts *facts)
{
        /* With idle=, acpi_idle registers no state and does not look at processor.max_cstate
         * (drivers/acpi/processor_idle.c disabled_by_idle_boot_param). */
        if (cmdline_has(facts->cmdline, "idle", "halt") || cmdline_has(facts->cmdline, "idle", "poll"))
                return true;
        /* intel_idle ignores processor.max_cstate; with intel_idle.max_cstate=0 it leaves the CPU to acpi_idle. */
        if (!max_cstate_is_one(facts, "processor.max_cstate"))
                return false;
        if (strcmp(facts->vendor, "GenuineIntel") != 0 || strcmp(facts->idle_driver, "acpi_idle") == 0)
                return true;
        return facts->family != 6 || max_cstate_is_one(facts, "intel_idle.max_cstate");
}

ClockReason clock_facts_predict(const Facts *facts)
{
        if (cmdline_has(facts->cmdline, "tsc", "unstable") || cmdline_has(facts->cmdline, "notsc", NULL))
                return REASON_BOOT_PARAMETER;
        if (clock_facts_unsynchronized(facts))
                return REASON_UNSYNCHRONIZED;
        if (facts->hypervisor)
                return REASON_NONE;
        if (!facts->nonstop_tsc && !clock_facts_idle_limited(facts))
                return REASON_IDLE_HALT;
        /* With one CPU too: time_cpufreq_notifier() (arch/x86/kernel/tsc.c) marks at a transition that changes the
         * frequency, unless the driver has CPUFREQ_CONST_LOOPS. Newer kernels, with several CPUs online, mark at any
         * transition ("cpufreq changes on SMP"). Those that have it run on CPUs with constant_tsc only
         * (intel_pstate, amd-pstate), where the notifier is not registered at all, but for p4-clockmod.
         * A default governor that does not move kept the TSC in one boot and lost it in another (measured): no
         * prediction. */
        if (facts->n_possible == 1 && facts->frequency_is_modulated)
                return REASON_NONE;
        if (!facts->constant_tsc && !clock_facts_frequency_held(facts) &&
            !cmdline_has(facts->cmdline, "cpufreq.default_governor", NULL))
                return REASON_CPUFREQ_CHANGE;
        return REASON_NONE;
}

/* The best-rated registered clocksource that is not verified itself (kernel/time/clocksource.c
 * clocksource_select_watchdog). */
static const char *watchdog_reference(const char *available)
{
        static const char *const by_rating[] = {
                "kvm-clock",
                "xen",
                "hyperv_clocksource_tsc_page",
                "hyperv_clocksource_msr",
                "hyperv_clocksource",
                "sgi_rtc",
                "hpet",
                "acpi_pm",
        };

        for (size_t i = 0; i < ARRAY_SIZE(by_rating); i++)
                if (words_have(available, by_rating[i]))
                        return by_rating[i];
        return NULL;
}

static bool is_exemptable(const Facts *facts)
{
        return facts->constant_tsc && facts->nonstop_tsc && facts->tsc_adjust;
}

/* check_system_tsc_reliable(): up to 2 online nodes in 5.10.y and 6.1, up to 4 packages in 6.12 and later, no such
 * rule in 3.10. Vendors took the first rule over into 4.18, some of them. */
static WatchdogState exemption(const Facts *facts)
{
        bool few_nodes = facts->n_nodes > 0 && facts->n_nodes <= 2;
        bool few_packages = facts->n_packages > 0 && facts->n_packages <= 4;

        if (!is_exemptable(facts) || clock_facts_kernel_before(facts, 4, 0))
                return WATCHDOG_ACTIVE;
        if (facts->n_nodes > 2 && facts->n_packages > 4)
                return WATCHDOG_ACTIVE;
        if (few_nodes && few_packages && !clock_facts_kernel_before(facts, 5, 10))
                return WATCHDOG_EXEMPT;
        if (few_packages && kernel_at_least(facts, 6, 12))
                return WATCHDOG_EXEMPT;
        return WATCHDOG_UNKNOWN;
}

WatchdogState clock_facts_watchdog(const Facts *facts, const char *available,
                                   char ret_reference[static CLOCKSOURCE_NAME_SIZE])
{
        const char *reference = available ? watchdog_reference(available) : NULL;
        WatchdogState state = exemption(facts);

        ret_reference[0] = '\0';
        if (facts->tsc_reliable)
                state = WATCHDOG_EXEMPT;
        /* From 7.2 on the parameter makes the watchdog check the TSC in any case; before, it made a trusted TSC check
         * the other clocks. */
        if (cmdline_has(facts->cmdline, "tsc", "watchdog") && state != WATCHDOG_ACTIVE) {
                if (kernel_at_least(facts, 7, 2))
                        state = WATCHDOG_ACTIVE;
                else if (!clock_facts_kernel_before(facts, 7, 0))
                        state = WATCHDOG_UNKNOWN;
        }
        if (cmdline_has(facts->cmdline, "tsc", "reliable") || cmdline_has(facts->cmdline, "tsc", "nowatchdog"))
                return WATCHDOG_OFF;
        if (state == WATCHDOG_EXEMPT)
                return state;
        if (!available)
                return WATCHDOG_UNKNOWN;
        if (!reference)
                return WATCHDOG_ABSENT;
        snprintf(ret_reference, CLOCKSOURCE_NAME_SIZE, "%s", reference);
        return state;
}

/* What the watchdog notices between two checks, half a second apart: 62.5 ms to 5.12 and in 4.18, 400 to 500 µs to
 * 6.18, 488 ppm in 7.2. */
static const char *watchdog_threshold(const Facts *facts)
{
        if (kernel_at_least(facts, 7, 2))
                return "would notice 0.05 %";
        if (kernel_at_least(facts, 5, 10) && clock_facts_kernel_before(facts, 7, 0))
                return "would notice 0.1 %";
        if (clock_facts_kernel_before(facts, 5, 10))
                return "would notice 12.5 %, or 0.1 % if the vendor has added the later check";
        return "would notice 0.05 % to 12.5 %, depending on the kernel's version";
}

static const char *watchdog_exempt_reason(const Facts *facts)
{
        if (facts->hypervisor && facts->tsc_reliable)
                return "the kernel does not compare it: the hypervisor guarantees it (tsc_reliable), and nothing "
                       "inside this guest checks that";
        if (facts->hypervisor)
                return "the kernel does not compare it: the hypervisor promises a TSC that is constant and nonstop, "
                       "and nothing inside this guest checks that";
        if (facts->tsc_reliable && !is_exemptable(facts))
                return "the kernel does not compare it: it trusts this CPU model's TSC (tsc_reliable)";
        return "the kernel does not compare it, because it is constant, nonstop and adjustable, on few sockets";
}

char *clock_facts_watchdog_reason(const Facts *facts, const char *available)
{
        char reference[CLOCKSOURCE_NAME_SIZE];

        switch (clock_facts_watchdog(facts, available, reference)) {
        case WATCHDOG_ACTIVE:
                return text_format("%s every 0.5 s; %s", reference, watchdog_threshold(facts));
        case WATCHDOG_EXEMPT:
                return strdup(watchdog_exempt_reason(facts));
        case WATCHDOG_OFF:
                return text_format("tsc=%s on the kernel command line has switched it off%s",
                                   cmdline_has(facts->cmdline, "tsc", "reliable") ? "reliable" : "nowatchdog",
                                   cmdline_has(facts->cmdline, "tsc", "reliable") ?
                                           ", and with it the sync test of the CPUs and the checks of TSC_ADJUST" :
                                           "");
        case WATCHDOG_ABSENT:
                return text_format(
                        "no independent reference clock is registered (neither hpet nor acpi_pm%s); jiffies, which "
                        "older kernels then use, prove nothing",
                        facts->hypervisor ? " nor one of the hypervisor's" : "");
        default:
                if (!available)
                        return strdup("available_clocksource cannot be read");
                return text_format(
                        "it depends on the kernel's version whether a TSC like this one, on %u nodes and %u packages, "
                        "is exempt; if it is not: %s every 0.5 s",
                        facts->n_nodes, facts->n_packages, reference[0] ? reference : "no reference");
        }
}
