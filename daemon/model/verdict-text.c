/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/macro.h"
#include "model/clock-advice.h"
#include "model/cmdline.h"
#include "model/urgency.h"
#include "model/verdict.h"

/* "222 ms": a duration without its sign, in the unit that suits its size. */
static const char *format_length(int64_t ns, char buffer[static 32])
{
        static const struct {
                uint64_t ns;
                const char *name;
        } units[] = {
                { UINT64_C(86400000000000), "days" },
                { UINT64_C(3600000000000), "h" },
                { 1000000000, "s" },
                { 1000000, "ms" },
                { 1000, "µs" },
                { 1, "ns" },
        };
        uint64_t length = ns < 0 ? -(uint64_t)ns : (uint64_t)ns;

        for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
                uint64_t whole = length / units[i].ns;

                if (whole < (units[i].ns == 1 ? 0 : 1))
                        continue;
                if (whole < 10 && units[i].ns > 1)
                        snprintf(buffer, 32, "%" PRIu64 ".%" PRIu64 " %s", whole,
                                 length % units[i].ns * 10 / units[i].ns, units[i].name);
                else
                        snprintf(buffer, 32, "%" PRIu64 " %s", whole, units[i].name);
                break;
        }
        return buffer;
}

static const char *suspect_text(const Clock *clock, const ClockView *view)
{
        if (view->cpus_differ)
                return ". It also found CPUs whose TSCs are ahead or behind, so the TSC is wrong.";
        if (clock_went_back(view))
                return ": it stood still or went back, so the TSC is wrong.";
        if (clock_reference_is_ticks(view))
                return ". That is no clock but a count of timer ticks, which is too low when interrupts are late, so "
                       "it says little about the TSC.";
        if (view->suspect == SUSPECT_TSC)
                return "; firmware has changed the TSC on this boot, so the TSC is probably wrong.";
        if (view->suspect == SUSPECT_REFERENCE)
                return ". It compares every half second, so this system was stopped or migrated meanwhile.";
        if (view->suspect != SUSPECT_DESIGN && view->urgency == URGENCY_NONE)
                return clock->facts->xen_control ? "." :
                                                   ", as happens when a guest is migrated, stopped or overloaded.";
        if (view->suspect != SUSPECT_DESIGN)
                return "; either clock may be wrong.";
        if (clock_facts_predict(clock->facts) == REASON_IDLE_HALT && clock->cause.line.skew_ns <= 0)
                return ": without nonstop_tsc this CPU's TSC stops in C2 and deeper.";
        if (clock_facts_predict(clock->facts) == REASON_CPUFREQ_CHANGE)
                return ": without constant_tsc this CPU's TSC counts at the CPU's frequency.";
        return "; the kernel would give this TSC up on every boot.";
}

/* WATCHDOG_THRESHOLD of kernels to 5.12: clocks that differ by less agree. */
#define AGREE_NS INT64_C(62500000)

/* A reference that starts again at 0 between two checks shows too little time: a multiple of the time after which it
 * does so is missing. */
static bool reference_wrapped(const KernelEvent *cause)
{
        int64_t rest;

        if (!cause->line.has_skew || cause->wrap_ns <= 0 || cause->line.skew_ns < cause->wrap_ns - AGREE_NS)
                return false;
        rest = cause->line.skew_ns % cause->wrap_ns;
        return rest <= AGREE_NS || rest >= cause->wrap_ns - AGREE_NS;
}

static char *watchdog_text(const Clock *clock, const ClockView *view)
{
        const KernelEvent *cause = &clock->cause;
        const char *reference = cause->line.reference[0] ? cause->line.reference : "its reference clock";
        const char *suspect = suspect_text(clock, view);
        char skew[32], interval[32];

        if (!cause->line.has_skew)
                return text_format("The kernel's watchdog saw the TSC and %s differ%s", reference, suspect);
        if (view->suspect == SUSPECT_EITHER && reference_wrapped(cause))
                return text_format(
                        "The kernel's watchdog saw the TSC run ahead of %s by %s. %s starts again at 0 every %s: if "
                        "this system stood still that long, both clocks may be right.",
                        reference, format_length(cause->line.skew_ns, skew), reference,
                        format_length(cause->wrap_ns, interval));
        return text_format("The kernel's watchdog saw the TSC %s %s by %s%s%s%s",
                           cause->line.skew_ns < 0 ? "fall behind" : "run ahead of", reference,
                           format_length(cause->line.skew_ns, skew), cause->line.has_interval ? " in " : "",
                           cause->line.has_interval ? format_length(cause->line.interval_ns, interval) : "", suspect);
}

static char *read_delay_text(const Clock *clock, const ClockView *view)
{
        const Facts *facts = clock->facts;
        const char *what = ", which says little about the TSC itself";
        char length[32], delay[48] = "";

        if (view->cpus_differ)
                what = ". It also found CPUs whose TSCs are ahead or behind, so the TSC is wrong";
        else if (facts->hypervisor)
                what = ", which is usual where the hypervisor emulates the reference clock, and says little about the "
                       "TSC";
        else if (facts->constant_tsc && facts->nonstop_tsc)
                what = "; under load that is a known false alarm, most often of machines with many CPUs";
        if (clock->cause.line.has_skew)
                snprintf(delay, sizeof(delay), " (%s)", format_length(clock->cause.line.skew_ns, length));
        return text_format("The kernel gave the TSC up because reading the clocks took too long%s%s.", delay, what);
}

static char *warp_text(const Clock *clock, const ClockView *view)
{
        unsigned long long cycles = clock->cause.line.warp_cycles;
        char length[32] = "";

        if (cycles == 0)
                return strdup("The sync test at a CPU's start saw the time go back between two CPUs.");
        if (clock->tsc_khz > 0 && cycles * 1000000 < clock->tsc_khz)
                strcpy(length, "less than 1 ns");
        else if (clock->tsc_khz > 0)
                format_length(cycles_to_ns(cycles, clock->tsc_khz * UINT64_C(1000)), length);
        return text_format(
                "The sync test at a CPU's start saw the time go back between two CPUs by %llu cycles%s%s%s%s", cycles,
                length[0] ? " (" : "", length, length[0] ? ")" : "",
                clock_warp_is_tiny(view) ? ", which may be an error of the measurement." : ".");
}

static const char *marked_text(const Clock *clock)
{
        switch (clock->reason) {
        case REASON_INTER_CPU_SKEW:
                return "The kernel's watchdog found that the TSCs of two CPUs differ: a task that moves between them "
                       "could see the time go back.";
        case REASON_CPUFREQ_CHANGE:
                return "The CPU's frequency changed, and without constant_tsc the TSC counts at the CPU's frequency.";
        case REASON_IDLE_HALT:
                return "An idle driver registered C2 or deeper, and without nonstop_tsc the TSC stops there.";
        case REASON_C1E:
                return "Firmware has switched C1E on, and this CPU's TSC stops in C1E.";
        case REASON_UNSYNCHRONIZED:
                return clock->facts->constant_tsc ?
                               "The kernel gave up the TSCs at boot, because it does not trust them to run together." :
                               "The kernel gave up the TSCs at boot: on several CPUs without constant_tsc it does not "
                               "trust them to run together.";
        case REASON_KVM_BACKWARDS:
                return "KVM saw the TSC go back when a virtual CPU was loaded.";
        case REASON_HYPERVISOR:
                return "The hypervisor does not promise a reliable TSC.";
        case REASON_BOOT_PARAMETER:
                return "The kernel command line gives the TSC up.";
        case REASON_FIRMWARE:
                return "Firmware says that the TSCs do not run together.";
        case REASON_CALIBRATION:
                return cmdline_has(clock->facts->cmdline, "acpi", "off") ?
                               "The kernel could not find out how fast the TSC counts: with acpi=off it does not have "
                               "the clocks to compare it with." :
                               "The kernel could not find out how fast the TSC counts: it found no clock to compare it "
                               "with, as happens after kexec, or without HPET and PM timer.";
        default:
                return clock->cause.text[0] ?
                               "The kernel gave up the TSC for a reason that this version of tscwarden does not know; "
                               "see the kernel's line." :
                               "The kernel gave up the TSC; the line that says why is no longer in its log.";
        }
}

static const char *unused_text(const Clock *clock)
{
        switch (clock->reason) {
        case REASON_GUEST_DEFAULT:
                return "The system uses its hypervisor's clock, as it should; the kernel has the TSC as well and has "
                       "not given it up.";
        case REASON_BOOT_PARAMETER:
                return "The kernel has the TSC and has not given it up, but the kernel command line asks for another "
                       "clocksource.";
        default:
                return "The kernel has the TSC and has not given it up, but somebody made another clocksource current.";
        }
}

static const char *absent_text(const Clock *clock)
{
        if (clock->reason == REASON_UNBOUND)
                return "The TSC was registered and somebody unbound it.";
        if (cmdline_has(clock->facts->cmdline, "notsc", NULL))
                return "The kernel command line has notsc: the kernel does not use the TSC.";
        return clock->facts->has_tsc ?
                       "The kernel never registered the TSC as a clocksource, and its log does not say why." :
                       "The CPU has no TSC.";
}

static const char *trusted_text(const Facts *facts)
{
        if (facts->hypervisor)
                return facts->tsc_reliable ?
                               "The TSC is in use; the hypervisor guarantees it, and nothing inside this guest checks "
                               "it." :
                               "The TSC is in use; the hypervisor promises that it is constant and nonstop, and "
                               "nothing inside this guest checks it.";
        if (facts->tsc_reliable)
                return "The TSC is in use, and the kernel trusts it on this CPU model without comparing it.";
        return "The TSC is in use, and of the kind (constant, nonstop, adjustable) that kernels trust without "
               "comparing it.";
}

/* Of a verdict that a boot parameter brought about. */
static char *switched_off_text(const Clock *clock)
{
        const Facts *facts = clock->facts;
        char buffer[64];
        const char *parameter = clock_harmful_parameter(facts, VERDICT_UNVERIFIED, buffer);
        bool reliable = cmdline_has(facts->cmdline, "tsc", "reliable"), has_word = strncmp(buffer, "tsc=", 4) == 0;

        if (!parameter)
                return strdup(
                        "The TSC is in use, and nothing compares it: the kernel command line has switched that off.");
        return text_format(
                "The TSC is in use, and nothing compares it: %s on the kernel command line %s%s.", parameter,
                has_word ? "has switched that off" : "switches off the clock that it would be compared with",
                reliable && clock->n_firmware_faults > 0 ?
                        ", although firmware changed the TSC on this boot (TSC ADJUST), which the kernel would "
                        "otherwise correct" :
                        "");
}

static const char *unverified_text(const Facts *facts)
{
        if (facts->hypervisor && facts->constant_tsc && facts->nonstop_tsc)
                return "The TSC is in use; the hypervisor promises that it is constant and nonstop, and there is no "
                       "independent clock to compare it with.";
        return "The TSC is in use, and nothing checks it: there is no independent clock to compare it with.";
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
                return trusted_text(clock->facts);
        case VERDICT_UNVERIFIED:
                return unverified_text(clock->facts);
        default:
                return "The kernel's list of clocksources cannot be read.";
        }
}

static char *unstable_text(const Clock *clock, const ClockView *view)
{
        switch (clock->reason) {
        case REASON_CLOCKSOURCE_WATCHDOG:
                return watchdog_text(clock, view);
        case REASON_READ_DELAY:
                return read_delay_text(clock, view);
        case REASON_WARP:
                return warp_text(clock, view);
        default:
                return strdup(marked_text(clock));
        }
}

char *clock_reason_text(const Clock *clock)
{
        _cleanup_free_ char *why = NULL;
        ClockView view;

        if (clock->verdict == VERDICT_UNVERIFIED && clock->reason == REASON_BOOT_PARAMETER)
                return switched_off_text(clock);
        if (clock->verdict != VERDICT_UNSTABLE)
                return strdup(plain_text(clock));
        clock_get(clock, &view);
        why = unstable_text(clock, &view);
        if (!why)
                return NULL;
        if (view.urgency == URGENCY_NONE)
                return text_format("%s The system keeps time by %s, which this does not affect.", why,
                                   view.clocksource);
        if (!clock_is_early(&view) || view.expected || clock->facts->hypervisor || view.reason == REASON_CALIBRATION)
                return TAKE_PTR(why);
        return text_format("%s A loss in the first minute of a boot mostly happens at every boot.", why);
}

char *clock_watchdog_reason(const Clock *clock)
{
        if (clock->verdict == VERDICT_UNSTABLE)
                return strdup("there is nothing to compare: the kernel has given up the TSC");
        if (clock->verdict == VERDICT_ABSENT)
                return strdup("there is nothing to compare: the TSC is not registered");
        return clock_facts_watchdog_reason(clock->facts, clock->available_known ? clock->available : NULL);
}
