/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/macro.h"
#include "model/clock-advice.h"
#include "model/verdict.h"

static char *watchdog_text(const Clock *clock)
{
        const KernelEvent *cause = &clock->cause;
        const char *reference = cause->reference[0] ? cause->reference : "its reference clock";
        const char *more = clock->cpus_differ ? " It also found CPUs whose TSCs are ahead or behind." : "";
        char *text;
        int r;

        if (cause->has_skew && cause->has_interval)
                r = asprintf(&text,
                             "The kernel's watchdog saw the TSC and %s part by %" PRIi64 " µs in %" PRIi64
                             " ms; either clock may be "
                             "wrong.%s",
                             reference, cause->skew_ns / 1000, cause->interval_ns / 1000000, more);
        else if (cause->has_skew)
                r = asprintf(&text,
                             "The kernel's watchdog saw the TSC and %s part by %" PRIi64
                             " µs; either clock may be wrong.%s",
                             reference, cause->skew_ns / 1000, more);
        else
                r = asprintf(&text, "The kernel's watchdog saw the TSC and %s part; either clock may be wrong.%s",
                             reference, more);
        return r < 0 ? NULL : text;
}

static char *read_delay_text(const Clock *clock)
{
        const ClockFacts *facts = clock->facts;
        const char *what = facts->constant_tsc && facts->nonstop_tsc
                                   ? "on large machines under load that is a known false alarm"
                                   : "which says little about the TSC itself";
        char delay[48] = "";
        char *text;

        if (clock->cause.has_skew)
                snprintf(delay, sizeof(delay), " (%" PRIi64 " µs)", clock->cause.skew_ns / 1000);
        if (asprintf(&text, "The kernel gave the TSC up because reading the clocks took too long%s; %s.", delay, what) <
            0)
                return NULL;
        return text;
}

static const char *marked_text(const Clock *clock)
{
        switch (clock->reason) {
        case REASON_INTER_CPU_SKEW:
                return "The kernel's watchdog found the TSCs of two CPUs apart: a task that moves between them could "
                       "see time go back.";
        case REASON_CPUFREQ_CHANGE:
                return "The CPU's frequency changed, and without constant_tsc the TSC counts at the CPU's frequency.";
        case REASON_IDLE_HALT:
                return "An idle driver registered C2 or deeper, and without nonstop_tsc the TSC stops there.";
        case REASON_C1E:
                return "Firmware has switched C1E on, and in it this CPU's TSC stops.";
        case REASON_UNSYNCHRONIZED:
                return clock->facts->constant_tsc
                               ? "The kernel does not believe the CPUs' TSCs to run together, and gave them up at boot."
                               : "The kernel does not believe the TSCs of several CPUs without constant_tsc to run "
                                 "together, and gives them up at boot.";
        case REASON_WARP:
                return "The sync test at a CPU's start saw time go back between two CPUs.";
        case REASON_KVM_BACKWARDS:
                return "KVM saw the TSC go back when a virtual CPU was loaded.";
        case REASON_HYPERVISOR:
                return "The hypervisor does not promise this guest a TSC to be relied on.";
        case REASON_BOOT_PARAMETER:
                return "The kernel command line gives the TSC up.";
        case REASON_FIRMWARE:
                return "Firmware says that the TSCs do not run together.";
        case REASON_CALIBRATION:
                return "The kernel could not find out how fast the TSC counts.";
        default:
                return clock->cause.text[0]
                               ? "The kernel gave the TSC up for a reason this version does not know; its own words "
                                 "are shown."
                               : "The kernel gave the TSC up; its log overran before the line that says why was read.";
        }
}

static const char *unused_text(const Clock *clock)
{
        switch (clock->reason) {
        case REASON_GUEST_DEFAULT:
                return "This guest keeps time by its hypervisor's clock, as it should; the TSC is registered and "
                       "unmarked.";
        case REASON_BOOT_PARAMETER:
                return "The TSC is registered and unmarked, but the kernel command line asks for another clocksource.";
        default:
                return "The TSC is registered and unmarked, but somebody made another clocksource current.";
        }
}

static const char *absent_text(const Clock *clock)
{
        if (clock->reason == REASON_UNBOUND)
                return "The TSC was registered and somebody unbound it.";
        return clock->facts->has_tsc ? "The kernel never registered the TSC, and does not say why."
                                     : "The CPU has no TSC.";
}

static const char *plain_text(const Clock *clock)
{
        switch (clock->verdict) {
        case VERDICT_UNSTABLE:
                return marked_text(clock);
        case VERDICT_UNUSED:
                return unused_text(clock);
        case VERDICT_ABSENT:
                return absent_text(clock);
        case VERDICT_STABLE:
                return "The TSC is in use, and the kernel's watchdog compares it.";
        case VERDICT_TRUSTED:
                return "The TSC is in use, and of the kind (constant, nonstop, adjustable) that kernels trust without "
                       "comparing it.";
        case VERDICT_UNVERIFIED:
                return clock->reason == REASON_BOOT_PARAMETER ? "The TSC is in use, and nothing checks it: the kernel "
                                                                "command line has switched that off."
                                                              : "The TSC is in use, and nothing checks it: there is no "
                                                                "independent clock to compare it with.";
        default:
                return "The kernel's list of clocksources cannot be read.";
        }
}

char *clock_reason_text(const Clock *clock)
{
        if (clock->verdict == VERDICT_UNSTABLE && clock->reason == REASON_CLOCKSOURCE_WATCHDOG)
                return watchdog_text(clock);
        if (clock->verdict == VERDICT_UNSTABLE && clock->reason == REASON_READ_DELAY)
                return read_delay_text(clock);
        return strdup(plain_text(clock));
}

char *clock_watchdog_reason(const Clock *clock)
{
        if (clock->verdict == VERDICT_UNSTABLE)
                return strdup("nothing is left to compare: the TSC has been given up");
        if (clock->verdict == VERDICT_ABSENT)
                return strdup("nothing to compare: the TSC is not registered");
        return clock_facts_watchdog_reason(clock->facts, clock->available_known ? clock->available : NULL);
}

/* "A, B and C"; "" when none is missing. */
static const char *missing_parameters(const Clock *clock, char buffer[static 128])
{
        const char *missing[BOOT_PARAMETERS_MAX + 1];
        unsigned n = clock_boot_parameters_missing(clock->facts, clock->verdict, clock->reason, missing);

        buffer[0] = '\0';
        for (unsigned i = 0; i < n; i++) {
                strcat(buffer, i == 0 ? "" : i == n - 1 ? " and " : ", ");
                strcat(buffer, missing[i]);
        }
        return buffer;
}

static char *boot_parameters_text(const Clock *clock)
{
        char missing[128];
        char *text;

        if (asprintf(
                    &text,
                    "Add %s to the kernel command line and reboot; nothing brings the TSC back before. Evacuate guests "
                    "that need a good clock first.",
                    missing_parameters(clock, missing)) < 0)
                return NULL;
        return text;
}

static char *remove_parameter_text(const Clock *clock)
{
        char buffer[64], missing[128];
        const char *parameter = clock_harmful_parameter(clock->facts, clock->verdict, buffer);
        bool add = missing_parameters(clock, missing)[0];
        char *text;

        if (asprintf(&text, "Take %s off the kernel command line%s%s and reboot.",
                     parameter ? parameter : "the parameter that the kernel's line names", add ? ", add " : "",
                     missing) < 0)
                return NULL;
        return text;
}

static const char *remedy_text(RemedyKind kind)
{
        static const char *const texts[REMEDY_MAX_] = {
                [REMEDY_SWITCH_BACK] = "Write tsc to /sys/devices/system/clocksource/clocksource0/current_clocksource; "
                                       "no reboot is needed.",
                [REMEDY_REBOOT] =
                        "Evacuate guests that need a good clock and reboot; nothing brings the TSC back before.",
                [REMEDY_COMPARE] = "Evacuate guests that need a good clock and reboot; nothing brings the TSC back "
                                   "before. If it happens again: "
                                   "update firmware, and see from NTP's drift which clock is wrong; where it is hpet, "
                                   "nohpet on the kernel "
                                   "command line makes acpi_pm the reference.",
                [REMEDY_FALSE_ALARM] = "The TSC itself is most likely good: reboot when convenient; nothing brings it "
                                       "back before. A kernel of "
                                       "7.2 or later reads again instead of marking; before that, tsc=nowatchdog on "
                                       "the kernel command line "
                                       "ends such alarms and keeps the other checks.",
                [REMEDY_FIRMWARE] = "Evacuate guests that need a good clock, update firmware and reboot; if it happens "
                                    "again, retire the "
                                    "machine for this use.",
                [REMEDY_FIRMWARE_C1E] = "Switch C1E off in the firmware set-up (nothing else does it) and reboot.",
                [REMEDY_FIRMWARE_TIMER] =
                        "Switch HPET on in the firmware set-up and reboot, so that there is a clock to compare with.",
                [REMEDY_HYPERVISOR] =
                        "Nothing in this guest helps: the host it runs on must offer an invariant TSC, or its clock.",
                [REMEDY_RETIRE] = "Nothing helps on this CPU: retire it for guests that need a good clock.",
        };

        return texts[kind] ? texts[kind] : "";
}

/* From 6.12 on the TSCs of one package get their chance (unsynchronized_tsc(), arch/x86/kernel/tsc.c). */
static bool later_kernel_would_keep_it(const Clock *clock)
{
        const ClockFacts *facts = clock->facts;

        return clock->verdict == VERDICT_UNSTABLE && clock->reason == REASON_UNSYNCHRONIZED && facts->n_packages == 1 &&
               clock_facts_kernel_before(facts, 6, 12);
}

char *clock_remedy(const Clock *clock)
{
        RemedyKind kind = clock_remedy_kind(clock->facts, clock->verdict, clock->reason);

        if (kind == REMEDY_BOOT_PARAMETERS)
                return boot_parameters_text(clock);
        if (kind == REMEDY_REMOVE_PARAMETER)
                return remove_parameter_text(clock);
        if (kind == REMEDY_RETIRE && later_kernel_would_keep_it(clock))
                return strdup("Nothing helps on this kernel: retire the host for guests that need a good clock. A "
                              "kernel of 6.12 or "
                              "later does not give the TSC of a single package up at boot; it then needs "
                              "processor.max_cstate=1 and "
                              "cpufreq.off=1 on its command line.");
        return strdup(remedy_text(kind));
}
