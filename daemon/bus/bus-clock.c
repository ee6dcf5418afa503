/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stddef.h>

#include "base/log.h"
#include "bus/bus-connection.h"
#include "bus/bus-internal.h"
#include "manager/view.h"
#include "model/clock-facts.h"
#include "model/clock-view.h"
#include "model/clock-words.h"
#include "model/facts.h"
#include "model/kernel-line.h"
#include "model/verdict.h"

#define INTERFACE "org.tscwarden1.Clock"

#define STORED(name, signature, member) \
        SD_BUS_PROPERTY(name, signature, NULL, offsetof(ClockObject, member), SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE)
#define TEXT(name, member)                                                             \
        SD_BUS_PROPERTY(name, "s", properties_get_text, offsetof(ClockObject, member), \
                        SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE)
#define TEXTS(name, member)                                                              \
        SD_BUS_PROPERTY(name, "as", properties_get_texts, offsetof(ClockObject, member), \
                        SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE)

static const sd_bus_vtable clock_vtable[] = {
        SD_BUS_VTABLE_START(0),
        TEXT("Verdict", verdict),
        TEXT("Reason", reason),
        TEXT("Suspect", suspect),
        TEXT("Urgency", urgency),
        TEXT("ReasonText", reason_text),
        TEXT("Remedy", remedy),
        TEXTS("FirmwareFaults", firmware_faults),
        TEXT("KernelLine", kernel_line),
        SD_BUS_PROPERTY("SinceUSec", "t", properties_get_realtime, offsetof(ClockObject, since_usec), 0),
        STORED("SinceMonotonicUSec", "t", since_usec),
        STORED("Expected", "b", expected),
        STORED("LostAfterUse", "b", lost_after_use),
        TEXT("Witness", witness),
        TEXT("Clocksource", clocksource),
        TEXTS("AvailableClocksources", available),
        TEXT("Watchdog", watchdog),
        TEXT("WatchdogReason", watchdog_reason),
        STORED("ConstantTsc", "b", constant_tsc),
        STORED("NonstopTsc", "b", nonstop_tsc),
        STORED("TscKHz", "u", tsc_khz),
        STORED("TscScaling", "b", tsc_scaling),
        STORED("GuestClockPairing", "b", guest_clock_pairing),
        STORED("VdsoClock", "b", vdso_clock),
        STORED("ClocksourceChanges", "t", clocksource_changes),
        SD_BUS_SIGNAL_WITH_ARGS("VerdictChanged", SD_BUS_ARGS("s", old, "s", new, "s", reason, "s", kernel_line), 0),
        SD_BUS_SIGNAL_WITH_ARGS("ClocksourceChanged", SD_BUS_ARGS("s", old, "s", new), 0),
        SD_BUS_VTABLE_END,
};

int bus_add_clock(Bus *bus)
{
        return sd_bus_add_object_vtable(bus->connection, NULL, BUS_PATH, INTERFACE, clock_vtable, &bus->clock_object);
}

void bus_done_clock(Bus *bus)
{
        properties_done(clock_vtable, &bus->clock_object);
}

/* NULL when out of memory. */
static char **format_faults(const ClockView *view)
{
        char **list = calloc(view->n_firmware_faults + 1, sizeof(char *));

        for (size_t i = 0; list && i < view->n_firmware_faults; i++) {
                list[i] = text_escape(view->firmware_faults[i]);
                if (!list[i])
                        break;
        }
        return list;
}

void bus_update_clock(Bus *bus)
{
        ManagerView manager;
        const Facts *facts;
        ClockObject fresh;
        ClockView view;

        manager_get_view(bus->manager, &manager);
        facts = manager.facts;
        clock_get(manager.clock, &view);
        fresh = (ClockObject) {
                .verdict = properties_text(verdict_to_string(view.verdict)),
                .reason = properties_text(clock_reason_to_string(view.reason)),
                .suspect = properties_text(suspect_to_string(view.suspect)),
                .urgency = properties_text(urgency_to_string(view.urgency)),
                .reason_text = properties_sentence(clock_reason_text(manager.clock)),
                .remedy = properties_sentence(clock_remedy(manager.clock)),
                .firmware_faults = format_faults(&view),
                .kernel_line = properties_text(view.kernel_line),
                .since_usec = view.since_usec,
                .expected = view.expected,
                .lost_after_use = view.lost_after_use,
                .witness = properties_text(manager.witness),
                .clocksource = properties_text(view.clocksource),
                .available = properties_words(view.available),
                .watchdog = properties_text(watchdog_state_to_string(view.watchdog)),
                .watchdog_reason = properties_sentence(clock_watchdog_reason(manager.clock)),
                .constant_tsc = facts->constant_tsc,
                .nonstop_tsc = facts->nonstop_tsc,
                .tsc_khz = view.tsc_khz,
                .tsc_scaling = facts->tsc_scaling,
                /* KVM provides pairs of host and guest clock only if the host's clocksource is the TSC
                 * (arch/x86/kvm/x86.c kvm_pv_clock_pairing). */
                .guest_clock_pairing = clocksource_is_tsc(view.clocksource),
                .vdso_clock = clocksource_has_vdso(view.clocksource),
                .clocksource_changes = manager.clocksource_changes,
        };
        properties_replace(bus->connection, INTERFACE, clock_vtable, &bus->clock_object, &fresh, sizeof(fresh));
}

static void signal_verdict(Bus *bus, const ClockChanges *changes, const ClockView *view)
{
        _cleanup_free_ char *line = text_escape(view->kernel_line);

        (void)properties_emit(bus->connection, INTERFACE, "VerdictChanged", "ssss",
                              verdict_to_string(changes->old_verdict), verdict_to_string(view->verdict),
                              clock_reason_to_string(view->reason), line);
}

static void signal_clocksource(Bus *bus, const ClockChanges *changes, const ClockView *view)
{
        _cleanup_free_ char *old = text_escape(changes->old_clocksource), *new = text_escape(view->clocksource);

        (void)properties_emit(bus->connection, INTERFACE, "ClocksourceChanged", "ss", old, new);
}

void bus_signal_clock(Bus *bus, const ClockChanges *changes)
{
        ManagerView manager;
        ClockView view;

        if (!bus_connection_is_ready(bus->connection))
                return;
        manager_get_view(bus->manager, &manager);
        clock_get(manager.clock, &view);
        if (changes->mask & CLOCK_CHANGED_VERDICT)
                signal_verdict(bus, changes, &view);
        if (changes->mask & CLOCK_CHANGED_CLOCKSOURCE)
                signal_clocksource(bus, changes, &view);
}
