/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Chooses verdict, reason and `expected` from what the state machine knows.
 */
#include <string.h>

#include "model/cmdline.h"
#include "model/urgency.h"
#include "model/verdict.h"

static ClockReason unused_reason(const Clock *clock)
{
        char value[CLOCKSOURCE_NAME_SIZE];
        const char *parameter;

        if (clock_facts_asked_clocksource(clock->facts, value, &parameter) && strcmp(value, clock->current) == 0)
                return REASON_BOOT_PARAMETER;
        if (!clock->tsc_used && clock_is_paravirtual(clock->facts, clock->current))
                return REASON_GUEST_DEFAULT;
        return REASON_USER_SWITCH;
}

static Verdict in_use_verdict(const Clock *clock, ClockReason *ret_reason)
{
        char reference[CLOCKSOURCE_NAME_SIZE];

        *ret_reason = REASON_NONE;
        switch (clock_facts_watchdog(clock->facts, clock->available_known ? clock->available : NULL, reference)) {
        case WATCHDOG_ACTIVE:
                return VERDICT_STABLE;
        case WATCHDOG_OFF:
                *ret_reason = REASON_BOOT_PARAMETER;
                return VERDICT_UNVERIFIED;
        case WATCHDOG_ABSENT:
                if (cmdline_has(clock->facts->cmdline, "nohpet", NULL) ||
                    cmdline_has(clock->facts->cmdline, "hpet", "disable"))
                        *ret_reason = REASON_BOOT_PARAMETER;
                return VERDICT_UNVERIFIED;
        case WATCHDOG_EXEMPT:
                return VERDICT_TRUSTED;
        default:
                /* The TSC is exempt or compared, but it is not known which. `trusted` promises less, so the verdict is
                 * `trusted`; without sysfs' list it is `unknown`. */
                return clock->available_known ? VERDICT_TRUSTED : VERDICT_UNKNOWN;
        }
}

Verdict clock_find_verdict(const Clock *clock, ClockReason *ret_reason)
{
        *ret_reason = REASON_NONE;
        if (clock->marked) {
                *ret_reason = clock->cause.line.reason;
                return VERDICT_UNSTABLE;
        }
        if (clock->current_known && clocksource_is_tsc(clock->current))
                return in_use_verdict(clock, ret_reason);
        if (!clock->available_known)
                return VERDICT_UNKNOWN;
        if (clock->listed) {
                if (!clock->current_known)
                        return VERDICT_UNKNOWN;
                *ret_reason = unused_reason(clock);
                return VERDICT_UNUSED;
        }
        *ret_reason = clock->unbound ? REASON_UNBOUND : REASON_NEVER_REGISTERED;
        return VERDICT_ABSENT;
}

/* If the flags predict the loss at every boot, it is expected, whichever reason the kernel names: the watchdog may
 * notice that the TSC stops before the idle driver registers. */
static bool unstable_is_expected(const Clock *clock)
{
        const Facts *facts = clock->facts;

        if (clock_facts_predict(facts) != REASON_NONE)
                return true;
        switch (clock->reason) {
        case REASON_C1E:
                return !facts->nonstop_tsc && strcmp(facts->vendor, "AuthenticAMD") == 0;
        case REASON_HYPERVISOR:
                return facts->hypervisor;
        case REASON_CALIBRATION:
                /* Without ACPI the kernel finds no clock against which it can calibrate the TSC. */
                return cmdline_has(facts->cmdline, "acpi", "off");
        default:
                return false;
        }
}

static bool is_expected(const Clock *clock)
{
        const Facts *facts = clock->facts;

        switch (clock->verdict) {
        case VERDICT_UNSTABLE:
                return unstable_is_expected(clock);
        case VERDICT_TRUSTED:
                return true;
        case VERDICT_STABLE:
                return clock_facts_predict(facts) == REASON_NONE &&
                       (facts->constant_tsc || facts->hypervisor || clock_facts_frequency_held(facts));
        case VERDICT_UNVERIFIED:
                return clock->reason == REASON_BOOT_PARAMETER;
        case VERDICT_UNUSED:
                return clock->reason != REASON_USER_SWITCH;
        case VERDICT_ABSENT:
                return clock->reason == REASON_NEVER_REGISTERED && !facts->has_tsc;
        default:
                return false;
        }
}

void clock_get(const Clock *clock, ClockView *ret)
{
        *ret = (ClockView) {
                .verdict = clock->verdict,
                .reason = clock->reason,
                .expected = is_expected(clock),
                .lost_after_use = clock->lost_after_use,
                .probe_convicted = clock->probe_convicted,
                .cpus_differ = clock->cpus_differ,
                .news = !clock->imported || clock->verdict != clock->imported_verdict ||
                        clock->reason != clock->imported_reason,
                .since_usec = clock->since_usec,
                .cause = clock->marked ? &clock->cause : NULL,
                .kernel_line = clock->marked ? clock->cause.text : "",
                .clocksource = clock->current_known ? clock->current : "",
                .available = clock->available_known ? clock->available : "",
                .tsc_khz = clock->tsc_khz,
                .firmware_faults = clock->firmware_faults,
                .n_firmware_faults = clock->n_firmware_faults,
        };
        ret->watchdog =
                clock_facts_watchdog(clock->facts, clock->available_known ? clock->available : NULL, ret->reference);
        /* There is no TSC left to compare. */
        if (clock->verdict == VERDICT_UNSTABLE || clock->verdict == VERDICT_ABSENT)
                ret->watchdog = WATCHDOG_ABSENT;
        ret->suspect = clock_find_suspect(clock->facts, ret);
        ret->urgency = clock_find_urgency(clock->facts, ret);
}
