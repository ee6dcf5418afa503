/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The remedies in words.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/macro.h"
#include "model/clock-advice.h"
#include "model/cmdline.h"
#include "model/verdict.h"

/* "A, B and C"; "" when none is missing. */
static const char *missing_parameters(const Clock *clock, char buffer[static 128])
{
        const char *missing[BOOT_PARAMETERS_MAX + 1];
        unsigned n = clock_boot_parameters_missing(clock->facts, clock->verdict, clock->reason, missing);

        buffer[0] = '\0';
        for (unsigned i = 0; i < n; i++) {
                if (i > 0)
                        strcat(buffer, i == n - 1 ? " and " : ", ");
                strcat(buffer, missing[i]);
        }
        return buffer;
}

static char *boot_parameters_text(const Clock *clock)
{
        char missing[128];

        return text_format(
                "Add %s to the kernel command line and reboot; nothing brings the TSC back before. Move guests that "
                "need a good clock away first.",
                missing_parameters(clock, missing));
}

static char *remove_parameter_text(const Clock *clock)
{
        char buffer[64], missing[128];
        const char *parameter = clock_harmful_parameter(clock->facts, clock->verdict, buffer);
        bool add = missing_parameters(clock, missing)[0];

        return text_format("Take %s off the kernel command line%s%s and reboot.",
                           parameter ? parameter : "the parameter that the kernel's line names", add ? ", add " : "",
                           missing);
}

static const char *remedy_text(RemedyKind kind)
{
        static const char *const texts[REMEDY_MAX_] = {
                [REMEDY_SWITCH_BACK] = "Write tsc to /sys/devices/system/clocksource/clocksource0/current_clocksource; "
                                       "no reboot is needed.",
                [REMEDY_REBOOT] = "reboot; nothing brings the TSC back before.",
                [REMEDY_COMPARE] = "reboot; nothing brings the TSC back before. If it happens again, update firmware, "
                                   "and see from the drift that NTP reports which of the two clocks is wrong",
                [REMEDY_FALSE_ALARM] = "The TSC itself is most likely good: reboot when convenient; nothing brings it "
                                       "back before. A kernel of 7.2 or later reads again instead of marking; before "
                                       "that, tsc=nowatchdog on the kernel command line ends such alarms and keeps the "
                                       "other checks.",
                [REMEDY_POWER_OFF] =
                        "switch the machine off and on again: CPUs and firmware may carry a wrong TSC over a "
                        "reboot. If it happens again, update firmware, then ask the maker.",
                [REMEDY_REFERENCE] = "reboot; nothing brings the TSC back before. Switch HPET on in the "
                                     "firmware set-up where it is off, so that the kernel has a real clock to compare "
                                     "with; if it happens again, update the kernel.",
                [REMEDY_CALIBRATE] =
                        "Reboot through the firmware, not by kexec. If it happens again, switch HPET on in "
                        "the firmware set-up and update firmware.",
                [REMEDY_FIRMWARE] = "update firmware and reboot. If it happens again, use the machine for guests that "
                                    "need no good clock.",
                [REMEDY_FIRMWARE_C1E] = "Switch C1E off in the firmware set-up (nothing else does it) and reboot.",
                [REMEDY_FIRMWARE_TIMER] =
                        "Switch HPET on in the firmware set-up and reboot, so that there is a clock to compare with.",
        };

        return texts[kind] ? texts[kind] : "";
}

/* If a reboot alone would lose the TSC again. */
static char *with_parameters(const Clock *clock, char *text)
{
        char missing[128], *whole;

        if (!text || !missing_parameters(clock, missing)[0])
                return text;
        whole = text_format("%s Add %s to the kernel command line at the same time, or the TSC is lost again.", text,
                            missing);
        free(text);
        return whole;
}

/* Only if another reference is left to compare with. */
static bool nohpet_helps(const Clock *clock)
{
        return strcmp(clock->cause.reference, "hpet") == 0 && clock->available_known &&
               clocksources_have(clock->available, "acpi_pm");
}

/* If it is urgent, the sentence about the guests comes first. */
static char *host_remedy_text(const Clock *clock, const ClockView *view, RemedyKind kind)
{
        const char *text = remedy_text(kind), *more = "";
        const char *first =
                view->urgency == URGENCY_EVACUATE ? "Evacuate guests that need a good clock, then" : "When convenient,";

        if (kind == REMEDY_COMPARE)
                more = nohpet_helps(clock) ?
                               "; where it is hpet, nohpet on the kernel command line makes acpi_pm the reference." :
                               ".";
        return with_parameters(clock, text_format("%s %s%s", first, text, more));
}

/* A clocksource of the hypervisor that is offered but not in use; NULL for none. */
static const char *offered_clock(const Clock *clock)
{
        static const char *const names[] = { "kvm-clock", "xen", "hyperv_clocksource_tsc_page",
                                             "hyperv_clocksource_msr" };

        for (size_t i = 0; clock->available_known && i < ARRAY_SIZE(names); i++)
                if (clocksources_have(clock->available, names[i]) && strcmp(clock->current, names[i]) != 0)
                        return names[i];
        return NULL;
}

static char *hypervisor_text(const Clock *clock)
{
        const char *offered = offered_clock(clock);

        if (offered)
                return text_format("Write %s to /sys/devices/system/clocksource/clocksource0/current_clocksource: the "
                                   "hypervisor keeps that clock, and no reboot is needed.",
                                   offered);
        if (clock->facts->xen_control)
                return strdup(
                        "Boot without clocksource= on the kernel command line, so that xen is the clocksource: Xen "
                        "keeps it for all domains.");
        if (cmdline_has(clock->facts->cmdline, "no-kvmclock", NULL))
                return strdup("Take no-kvmclock off the kernel command line and reboot: it keeps the hypervisor's own "
                              "clock from being used.");
        return strdup("Nothing in here helps: the host must offer its own clock (kvm-clock, Hyper-V's or Xen's) or an "
                      "invariant TSC.");
}

static const char *probed_text(const Facts *facts)
{
        if (facts->hypervisor)
                return "tscwarden probe proved that the vCPUs' TSCs differ. Probe again; where it stays, stop and "
                       "start this "
                       "guest, and have its hypervisor looked at.";
        return "tscwarden probe proved that the CPUs' TSCs differ: programs and guests that move between CPUs see time "
               "jump. Probe again; where it stays, switch the machine off and on again (a reboot may carry it over), "
               "then "
               "update firmware.";
}

static char *retire_text(const Clock *clock, const ClockView *view)
{
        const Facts *facts = clock->facts;

        /* From 6.12 on the kernel no longer gives up TSCs of one package at boot (unsynchronized_tsc(),
         * arch/x86/kernel/tsc.c). */
        if (view->reason == REASON_UNSYNCHRONIZED && facts->n_packages == 1 && clock_facts_kernel_before(facts, 6, 12))
                return strdup("Nothing helps on this kernel: retire the host for guests that need a good clock. A "
                              "kernel of 6.12 or later does not give the TSC of a single package up at boot; it then "
                              "needs processor.max_cstate=1 and cpufreq.off=1 on its command line.");
        if (view->urgency == URGENCY_EVACUATE)
                return strdup("Evacuate guests that need a good clock: nothing helps on this CPU; retire it for such "
                              "guests.");
        return strdup("Nothing helps on this CPU: retire it for guests that need a good clock.");
}

char *clock_remedy(const Clock *clock)
{
        RemedyKind kind;
        ClockView view;

        clock_get(clock, &view);
        kind = clock_remedy_kind(clock->facts, &view);
        switch (kind) {
        case REMEDY_BOOT_PARAMETERS:
                return boot_parameters_text(clock);
        case REMEDY_REMOVE_PARAMETER:
                return remove_parameter_text(clock);
        case REMEDY_PROBED:
                return strdup(probed_text(clock->facts));
        case REMEDY_HYPERVISOR:
                return hypervisor_text(clock);
        case REMEDY_RETIRE:
                return retire_text(clock, &view);
        case REMEDY_REBOOT:
        case REMEDY_COMPARE:
        case REMEDY_POWER_OFF:
        case REMEDY_FIRMWARE:
        case REMEDY_REFERENCE:
                return host_remedy_text(clock, &view, kind);
        case REMEDY_NONE:
        case REMEDY_SWITCH_BACK:
                return strdup(remedy_text(kind));
        default:
                return with_parameters(clock, strdup(remedy_text(kind)));
        }
}
