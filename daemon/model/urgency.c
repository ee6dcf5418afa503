/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/urgency.h"

#include <string.h>

#include "model/cmdline.h"

/* The watchdog checks every half second. If the reference shows much more time between two checks, the reference has
 * jumped. */
#define JUMPED_INTERVAL_NS INT64_C(1000000000)

static bool is_paravirtual_name(const char *name)
{
        return strcmp(name, "kvm-clock") == 0 || strcmp(name, "xen") == 0 || strncmp(name, "hyperv_", 7) == 0;
}

bool clock_is_paravirtual(const Facts *facts, const char *clocksource)
{
        return facts->hypervisor && is_paravirtual_name(clocksource);
}

bool clock_is_early(const ClockView *view)
{
        return view->since_usec > 0 && view->since_usec < CLOCK_EARLY_USEC;
}

bool clock_warp_is_tiny(const ClockView *view)
{
        /* If the rate is not known: 1 GHz, slower than the TSC of nearly every host. */
        unsigned mhz = view->tsc_khz > 0 ? view->tsc_khz / 1000 : 1000;

        return view->cause && view->cause->line.warp_cycles > 0 && view->cause->line.warp_cycles < mhz;
}

bool clock_reference_is_ticks(const ClockView *view)
{
        return view->cause && (strcmp(view->cause->line.reference, "refined-jiffies") == 0 ||
                               strcmp(view->cause->line.reference, "jiffies") == 0);
}

bool clock_went_back(const ClockView *view)
{
        const KernelEvent *cause = view->cause;

        return cause && cause->line.has_skew && cause->line.has_interval && cause->line.interval_ns > 0 &&
               cause->line.skew_ns <= -cause->line.interval_ns;
}

static Suspect watchdog_suspect(const ClockView *view)
{
        if (view->cpus_differ || clock_went_back(view))
                return SUSPECT_TSC;
        if (clock_reference_is_ticks(view))
                return SUSPECT_REFERENCE;
        if (view->n_firmware_faults > 0)
                return SUSPECT_TSC;
        if (view->cause && is_paravirtual_name(view->cause->line.reference) && view->cause->line.has_interval &&
            view->cause->line.interval_ns > JUMPED_INTERVAL_NS)
                return SUSPECT_REFERENCE;
        return SUSPECT_EITHER;
}

static Suspect unstable_suspect(const ClockView *view)
{
        if (view->expected)
                return SUSPECT_DESIGN;
        switch (view->reason) {
        case REASON_CLOCKSOURCE_WATCHDOG:
                return watchdog_suspect(view);
        case REASON_READ_DELAY:
                return view->cpus_differ ? SUSPECT_TSC : SUSPECT_REFERENCE;
        case REASON_WARP:
                return clock_warp_is_tiny(view) ? SUSPECT_NONE : SUSPECT_TSC;
        case REASON_CALIBRATION:
        case REASON_OTHER:
                return SUSPECT_EITHER;
        default:
                return SUSPECT_TSC;
        }
}

Suspect clock_find_suspect(const Facts *facts, const ClockView *view)
{
        switch (view->verdict) {
        case VERDICT_UNSTABLE:
                return unstable_suspect(view);
        case VERDICT_UNVERIFIED:
                /* Elsewhere the kernel repairs what firmware does to TSC_ADJUST; with this parameter it does not
                 * look. */
                return view->n_firmware_faults > 0 && cmdline_has(facts->cmdline, "tsc", "reliable") ? SUSPECT_TSC :
                                                                                                       SUSPECT_NONE;
        default:
                return SUSPECT_NONE;
        }
}

static Urgency unstable_urgency(const Facts *facts, const ClockView *view)
{
        /* Inside a guest, and in Xen's control domain, nobody can move guests away. */
        if (facts->hypervisor)
                return URGENCY_TICKET;
        if (view->expected || view->suspect == SUSPECT_REFERENCE)
                return URGENCY_TICKET;
        /* If the log no longer says when the loss was, the TSC may have been the clock in use. */
        if ((!view->lost_after_use && view->since_usec > 0) || clock_is_early(view) || clock_warp_is_tiny(view))
                return URGENCY_TICKET;
        return URGENCY_EVACUATE;
}

static Urgency unverified_urgency(const Facts *facts, const ClockView *view)
{
        bool fit = facts->constant_tsc && facts->nonstop_tsc;

        if (view->watchdog == WATCHDOG_OFF)
                /* This parameter is advised against false alarms. The kernel's sync test and its checks of TSC_ADJUST
                 * stay active. */
                return fit && !cmdline_has(facts->cmdline, "tsc", "reliable") ? URGENCY_NONE : URGENCY_TICKET;
        return facts->hypervisor && fit ? URGENCY_NONE : URGENCY_TICKET;
}

Urgency clock_find_verdict_urgency(const Facts *facts, const ClockView *view)
{
        if (view->verdict == VERDICT_UNVERIFIED)
                return unverified_urgency(facts, view);
        if (clock_is_paravirtual(facts, view->clocksource))
                return URGENCY_NONE;
        switch (view->verdict) {
        case VERDICT_UNUSED:
                return view->reason == REASON_GUEST_DEFAULT ? URGENCY_NONE : URGENCY_TICKET;
        case VERDICT_ABSENT:
                return URGENCY_TICKET;
        case VERDICT_UNSTABLE:
                return unstable_urgency(facts, view);
        default:
                return URGENCY_NONE;
        }
}

Urgency clock_find_urgency(const Facts *facts, const ClockView *view)
{
        Urgency urgency = clock_find_verdict_urgency(facts, view);

        return urgency == URGENCY_NONE && view->probe_convicted ? URGENCY_TICKET : urgency;
}
