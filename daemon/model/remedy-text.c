/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The remedies in words.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/macro.h"
#include "base/words.h"
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
                "Move guests that need a good clock to another host first. Then add %s to the kernel command line and "
                "reboot; until then the TSC stays lost.",
                missing_parameters(clock, missing));
}

static char *remove_parameter_text(const Clock *clock)
{
        char buffer[64], missing[128];
        const char *parameter = clock_harmful_parameter(clock->facts, clock->verdict, buffer);
        bool add = missing_parameters(clock, missing)[0];

        return text_format("Remove %s from the kernel command line%s%s and reboot.",
                           parameter ? parameter : "the parameter that the kernel's line names", add ? ", add " : "",
                           missing);
}

static const char *remedy_text(RemedyKind kind)
{
        static const char *const texts[REMEDY_MAX_] = {
                [REMEDY_SWITCH_BACK] =
                        "Write tsc to /sys/devices/system/clocksource/clocksource0/current_clocksource; no reboot is "
                        "needed.",
                [REMEDY_REBOOT] = "reboot; until then the TSC stays lost.",
                [REMEDY_COMPARE] =
                        "reboot; until then the TSC stays lost. If it happens again, update the firmware, and find out "
                        "from the drift that NTP reports which of the two clocks is wrong",
                [REMEDY_FALSE_ALARM] =
                        "The TSC itself is most likely good: reboot when convenient; until then it stays lost. From "
                        "7.2 on the kernel reads the clocks again before it gives up the TSC; on older kernels "
                        "tsc=nowatchdog on the kernel command line ends such alarms and keeps the other checks.",
                [REMEDY_POWER_OFF] =
                        "switch the machine off and on again: a reboot may not correct a wrong TSC. If it happens "
                        "again, update the firmware, then ask the manufacturer.",
                [REMEDY_REFERENCE] =
                        "reboot; until then the TSC stays lost. If HPET is off in the firmware set-up, switch it on, "
                        "so that the kernel has a real clock to compare with. If it happens again, update the kernel.",
                [REMEDY_CALIBRATE] =
                        "Reboot through the firmware, not by kexec. If it happens again, switch HPET on in the "
                        "firmware set-up and update the firmware.",
                [REMEDY_FIRMWARE] =
                        "update the firmware and reboot. If it happens again, run only guests that need no good clock "
                        "on this machine.",
                [REMEDY_FIRMWARE_C1E] =
                        "Switch C1E off in the firmware set-up (no boot parameter does that) and reboot.",
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
        whole = text_format("%s Add %s to the kernel command line at the same time; otherwise the TSC is lost again.",
                            text, missing);
        free(text);
        return whole;
}

/* Only if another reference is left to compare with. */
static bool nohpet_helps(const Clock *clock)
{
        return strcmp(clock->cause.line.reference, "hpet") == 0 && clock->available_known &&
               words_have(clock->available, "acpi_pm");
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
                if (words_have(clock->available, names[i]) && strcmp(clock->current, names[i]) != 0)
                        return names[i];
        return NULL;
}

static char *hypervisor_text(const Clock *clock)
{
        const char *offered = offered_clock(clock);

        if (offered)
                return text_format(
                        "Write %s to /sys/devices/system/clocksource/clocksource0/current_clocksource: the hypervisor "
                        "provides that clock, and no reboot is needed.",
                        offered);
        if (clock->facts->xen_control)
                return strdup(
                        "Remove clocksource= from the kernel command line and reboot, so that xen is the clocksource: "
                        "Xen provides it for all domains.");
        if (cmdline_has(clock->facts->cmdline, "no-kvmclock", NULL))
                return strdup("Remove no-kvmclock from the kernel command line and reboot: it prevents the use of the "
                              "hypervisor's clock.");
        return strdup(
                "Nothing inside this guest helps: its host must offer a clock (kvm-clock, Hyper-V's or Xen's) or an "
                "invariant TSC.");
}

static const char *probed_text(const Facts *facts)
{
        if (facts->hypervisor)
                return "tscwarden probe proved that the vCPUs' TSCs differ. Probe again. If the result is the same, "
                       "stop this guest and start it again, and have its hypervisor examined.";
        return "tscwarden probe proved that the CPUs' TSCs differ: programs and guests that move between CPUs see the "
               "time jump. Probe again. If the result is the same, switch the machine off and on again (a reboot may "
               "not correct it), then update the firmware.";
}

static char *retire_text(const Clock *clock, const ClockView *view)
{
        const Facts *facts = clock->facts;

        /* From 6.12 on the kernel no longer gives up TSCs of one package at boot (unsynchronized_tsc(),
         * arch/x86/kernel/tsc.c). */
        if (view->reason == REASON_UNSYNCHRONIZED && facts->n_packages == 1 && clock_facts_kernel_before(facts, 6, 12))
                return strdup(
                        "Nothing helps on this kernel: run no guests that need a good clock on this host. A kernel of "
                        "6.12 or later does not give up the TSC of a single package at boot; it then needs "
                        "processor.max_cstate=1 and cpufreq.off=1 on its command line.");
        if (view->urgency == URGENCY_EVACUATE)
                return strdup(
                        "Evacuate guests that need a good clock: nothing helps on this CPU. Run no such guests on this "
                        "host.");
        return strdup("Nothing helps on this CPU: run no guests that need a good clock on this host.");
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
