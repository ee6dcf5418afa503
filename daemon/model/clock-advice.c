/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "model/clock-facts.h"
#include "model/clock-advice.h"
#include "model/cmdline.h"
#include "model/urgency.h"

static bool is_intel(const Facts *facts)
{
        return strcmp(facts->vendor, "GenuineIntel") == 0;
}

static bool is_fit(const Facts *facts)
{
        return facts->constant_tsc && facts->nonstop_tsc;
}

const char *clock_harmful_parameter(const Facts *facts, Verdict verdict, char buffer[static 64])
{
        static const char *const tsc_values[] = { "reliable", "nowatchdog", "unstable" };
        unsigned first = verdict == VERDICT_UNVERIFIED ? 0 : 2, after = verdict == VERDICT_UNVERIFIED ? 2 : 3;
        char value[CLOCKSOURCE_NAME_SIZE];
        const char *parameter;

        for (unsigned i = first; i < after; i++)
                if (cmdline_has(facts->cmdline, "tsc", tsc_values[i])) {
                        snprintf(buffer, 64, "tsc=%s", tsc_values[i]);
                        return buffer;
                }
        if (verdict == VERDICT_UNVERIFIED) {
                if (cmdline_has(facts->cmdline, "nohpet", NULL))
                        return "nohpet";
                return cmdline_has(facts->cmdline, "hpet", "disable") ? "hpet=disable" : NULL;
        }
        if (cmdline_has(facts->cmdline, "notsc", NULL))
                return "notsc";
        if (verdict == VERDICT_UNSTABLE && cmdline_has(facts->cmdline, "acpi", "off"))
                return "acpi=off";
        if (verdict != VERDICT_UNUSED || !clock_facts_asked_clocksource(facts, value, &parameter) ||
            !cmdline_get(facts->cmdline, parameter, value, sizeof(value)))
                return NULL;
        snprintf(buffer, 64, "%s=%s", parameter, value);
        return buffer;
}

/* The kernel gave the TSC up at boot because of the CPUs' design; no parameter except tsc=reliable would change
 * that. */
static bool is_hopeless(const Facts *facts, Verdict verdict, ClockReason reason)
{
        if (reason == REASON_UNSYNCHRONIZED)
                return true;
        /* This verdict can only come after the kernel has registered the TSC, so this kernel did register it. */
        if (verdict != VERDICT_UNSTABLE || reason == REASON_IDLE_HALT || reason == REASON_CPUFREQ_CHANGE ||
            reason == REASON_C1E)
                return false;
        return clock_facts_unsynchronized(facts);
}

/* True if the hardware's design caused the loss, not only if it would cause the next one. */
static bool parameters_mend(ClockReason reason)
{
        return reason == REASON_IDLE_HALT || reason == REASON_CPUFREQ_CHANGE || reason == REASON_CLOCKSOURCE_WATCHDOG ||
               reason == REASON_READ_DELAY || reason == REASON_OTHER;
}

unsigned clock_boot_parameters_missing(const Facts *facts, Verdict verdict, ClockReason reason,
                                       const char *ret[static BOOT_PARAMETERS_MAX + 1])
{
        bool concerned = !facts->hypervisor && verdict != VERDICT_UNKNOWN && verdict != VERDICT_ABSENT;
        bool shallow = facts->idle_is_shallow && reason != REASON_IDLE_HALT;
        bool fixed = facts->frequency_is_fixed && reason != REASON_CPUFREQ_CHANGE;
        /* A parameter that has already failed to help on this host does not count as set. */
        bool tried = reason != REASON_CPUFREQ_CHANGE &&
                     cmdline_has(facts->cmdline, "cpufreq.default_governor", "performance");
        unsigned n = 0;

        if (concerned && !is_hopeless(facts, verdict, reason)) {
                if (!facts->nonstop_tsc && !shallow && !clock_facts_idle_limited(facts)) {
                        if (!cmdline_has(facts->cmdline, "processor.max_cstate", "1"))
                                ret[n++] = "processor.max_cstate=1";
                        if (is_intel(facts) && facts->family == 6 && strcmp(facts->idle_driver, "acpi_idle") != 0 &&
                            !cmdline_has(facts->cmdline, "intel_idle.max_cstate", "1"))
                                ret[n++] = "intel_idle.max_cstate=1";
                }
                if (!facts->constant_tsc && !fixed && !clock_facts_frequency_held(facts) && !tried)
                        ret[n++] = "cpufreq.off=1";
        }
        ret[n] = NULL;
        return n;
}

char *clock_boot_parameters_reason(const Facts *facts, Verdict verdict, ClockReason reason)
{
        const char *missing[BOOT_PARAMETERS_MAX + 1];
        unsigned n = clock_boot_parameters_missing(facts, verdict, reason, missing);
        bool idle = false, frequency = false;
        const char *why;

        for (unsigned i = 0; i < n; i++)
                if (strcmp(missing[i], "cpufreq.off=1") == 0)
                        frequency = true;
                else
                        idle = true;
        if (idle && frequency)
                why = "The kernel gives up this CPU's TSC when C2 is registered (no nonstop_tsc) and at the first "
                      "frequency change (no constant_tsc). These parameters prevent both. cpufreq.off=1 leaves the "
                      "frequency as the firmware set it; if that is the maximum, cpufreq.default_governor=performance "
                      "may be enough.";
        else if (idle)
                why = "The kernel gives up this CPU's TSC when C2 or deeper is registered (no nonstop_tsc). These "
                      "parameters prevent that.";
        else if (frequency)
                why = "The kernel gives up this CPU's TSC at the first frequency change (no constant_tsc). This "
                      "parameter prevents every change and leaves the frequency as the firmware set it; if that is the "
                      "maximum, cpufreq.default_governor=performance may be enough.";
        else if (facts->hypervisor)
                why = facts->xen_control ? "Xen controls the CPUs, so Xen's own command line decides." :
                                           "This is a guest: its host provides the TSC.";
        else if (is_hopeless(facts, verdict, reason) && !facts->constant_tsc)
                why = "At boot the kernel gives up the TSCs of several CPUs without constant_tsc; no parameter "
                      "prevents that.";
        else if (is_fit(facts))
                why = "The CPU's TSC is constant and nonstop: no parameter is needed.";
        else if ((facts->nonstop_tsc || facts->idle_is_shallow) && (facts->constant_tsc || facts->frequency_is_fixed))
                why = "A boot parameter would change nothing here: there is no idle driver with a state beyond C1, or "
                      "no cpufreq driver.";
        else
                why = "No parameter that would help is missing.";
        return text_format("%s", why);
}

/* What the hardware needs: boot parameters, or nothing helps. REMEDY_NONE: the hardware is not the cause. */
static RemedyKind hardware_remedy(const Facts *facts, ClockReason reason)
{
        const char *missing[BOOT_PARAMETERS_MAX + 1];

        if (reason == REASON_C1E)
                return REMEDY_FIRMWARE_C1E;
        if (parameters_mend(reason) && clock_boot_parameters_missing(facts, VERDICT_UNSTABLE, reason, missing) > 0)
                return REMEDY_BOOT_PARAMETERS;
        if (is_hopeless(facts, VERDICT_UNSTABLE, reason) && !facts->constant_tsc)
                return REMEDY_RETIRE;
        if (reason == REASON_IDLE_HALT || reason == REASON_CPUFREQ_CHANGE)
                return is_fit(facts) ? REMEDY_FIRMWARE : REMEDY_RETIRE;
        return REMEDY_NONE;
}

static RemedyKind watchdog_remedy(const ClockView *view)
{
        if (view->suspect == SUSPECT_REFERENCE && clock_reference_is_ticks(view))
                return REMEDY_REFERENCE;
        if (view->suspect == SUSPECT_TSC || clock_is_early(view))
                return REMEDY_POWER_OFF;
        return REMEDY_COMPARE;
}

static RemedyKind unstable_remedy(const Facts *facts, const ClockView *view)
{
        char buffer[64];
        RemedyKind kind;

        /* Without the parameter the kernel would give this one up at boot. */
        if (view->reason == REASON_BOOT_PARAMETER && clock_facts_unsynchronized(facts))
                return facts->hypervisor ? REMEDY_HYPERVISOR : REMEDY_RETIRE;
        if (view->reason == REASON_BOOT_PARAMETER ||
            (view->reason == REASON_CALIBRATION && clock_harmful_parameter(facts, VERDICT_UNSTABLE, buffer)))
                return REMEDY_REMOVE_PARAMETER;
        if (facts->hypervisor || view->reason == REASON_HYPERVISOR)
                return REMEDY_HYPERVISOR;
        if (view->reason == REASON_CALIBRATION)
                return REMEDY_CALIBRATE;
        kind = hardware_remedy(facts, view->reason);
        if (kind != REMEDY_NONE)
                return kind;
        switch (view->reason) {
        case REASON_CLOCKSOURCE_WATCHDOG:
                return watchdog_remedy(view);
        case REASON_READ_DELAY:
                if (view->suspect == SUSPECT_TSC)
                        return REMEDY_POWER_OFF;
                return is_fit(facts) ? REMEDY_FALSE_ALARM : REMEDY_COMPARE;
        case REASON_OTHER:
                return REMEDY_REBOOT;
        case REASON_FIRMWARE:
                return REMEDY_FIRMWARE;
        default:
                return REMEDY_POWER_OFF;
        }
}

static RemedyKind unverified_remedy(const Facts *facts)
{
        char buffer[64];

        if (clock_harmful_parameter(facts, VERDICT_UNVERIFIED, buffer))
                /* Without the parameter the kernel would give this one up at boot. */
                return !facts->constant_tsc && !is_intel(facts) && facts->n_possible != 1 && !facts->hypervisor ?
                               REMEDY_RETIRE :
                               REMEDY_REMOVE_PARAMETER;
        return facts->hypervisor ? REMEDY_HYPERVISOR : REMEDY_FIRMWARE_TIMER;
}

static RemedyKind absent_remedy(const Facts *facts, const ClockView *view)
{
        char buffer[64];

        if (view->reason == REASON_UNBOUND)
                return REMEDY_REBOOT;
        if (clock_harmful_parameter(facts, VERDICT_ABSENT, buffer))
                return REMEDY_REMOVE_PARAMETER;
        if (facts->hypervisor)
                return REMEDY_HYPERVISOR;
        return facts->has_tsc ? REMEDY_FIRMWARE : REMEDY_RETIRE;
}

RemedyKind clock_remedy_kind(const Facts *facts, const ClockView *view)
{
        if (view->urgency == URGENCY_NONE)
                return REMEDY_NONE;
        if (view->probe_convicted && clock_find_verdict_urgency(facts, view) == URGENCY_NONE)
                return REMEDY_PROBED;
        switch (view->verdict) {
        case VERDICT_UNSTABLE:
                return unstable_remedy(facts, view);
        case VERDICT_UNVERIFIED:
                return unverified_remedy(facts);
        case VERDICT_UNUSED:
                return view->reason == REASON_BOOT_PARAMETER ? REMEDY_REMOVE_PARAMETER : REMEDY_SWITCH_BACK;
        case VERDICT_ABSENT:
                return absent_remedy(facts, view);
        default:
                return REMEDY_NONE;
        }
}

static bool distrusts_good_tsc(const Facts *facts)
{
        char value[CLOCKSOURCE_NAME_SIZE];
        const char *parameter;

        if (!is_fit(facts))
                return false;
        if (cmdline_has(facts->cmdline, "tsc", "unstable") || cmdline_has(facts->cmdline, "notsc", NULL))
                return true;
        return !facts->hypervisor && clock_facts_asked_clocksource(facts, value, &parameter) &&
               !clocksource_is_tsc(value);
}

unsigned clock_advice(const Facts *facts)
{
        bool reliable = cmdline_has(facts->cmdline, "tsc", "reliable");
        unsigned advice = 0;

        if (!is_fit(facts) && (reliable || cmdline_has(facts->cmdline, "tsc", "nowatchdog")))
                advice |= 1U << ADVICE_RELIABLE_UNFIT;
        /* On a TSC that is constant and nonstop, tsc=nowatchdog prevents false alarms. */
        else if (reliable)
                advice |= 1U << ADVICE_RELIABLE_NEEDLESS;
        if (distrusts_good_tsc(facts))
                advice |= 1U << ADVICE_GOOD_TSC_REFUSED;
        if (facts->hypervisor)
                return advice;
        if (!facts->nonstop_tsc && facts->deep_state[0])
                advice |= 1U << ADVICE_DEEP_IDLE;
        if (!facts->constant_tsc && facts->moving_governor[0])
                advice |= 1U << ADVICE_MOVING_FREQUENCY;
        return advice;
}

char *clock_advice_format(const Facts *facts, AdviceKind kind)
{
        bool reliable = cmdline_has(facts->cmdline, "tsc", "reliable");
        const char *parameter = reliable ? "tsc=reliable" : "tsc=nowatchdog";
        const char *lacks = facts->constant_tsc ? "nonstop_tsc" : "constant_tsc";
        char buffer[64];

        switch (kind) {
        case ADVICE_RELIABLE_UNFIT:
                return text_format(
                        "The kernel command line has %s, but this CPU lacks %s: the parameter only switches %s off. It "
                        "does not improve the TSC, and idle states or frequency changes can still cost it.",
                        parameter, lacks,
                        reliable ? "the watchdog, the sync test and the checks of TSC_ADJUST" : "the watchdog");
        case ADVICE_RELIABLE_NEEDLESS:
                return text_format(
                        "The kernel command line has %s on a CPU whose TSC is constant and nonstop: without it the "
                        "kernel would decide by itself whether to check the TSC, and would notice a fault.",
                        parameter);
        case ADVICE_GOOD_TSC_REFUSED:
                return text_format("The kernel command line has %s on a CPU whose TSC is constant and nonstop.",
                                   clock_harmful_parameter(facts, VERDICT_UNUSED, buffer));
        case ADVICE_DEEP_IDLE:
                return text_format("%s offers the idle state %s, but this CPU lacks nonstop_tsc: its TSC stops there.",
                                   facts->idle_driver[0] ? facts->idle_driver : "The idle driver", facts->deep_state);
        case ADVICE_MOVING_FREQUENCY:
                return text_format(
                        "The governor %s changes the frequency, but this CPU lacks constant_tsc: the rate of its TSC "
                        "changes with it.",
                        facts->moving_governor);
        default:
                return NULL;
        }
}
