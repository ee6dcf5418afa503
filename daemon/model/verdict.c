/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>
#include <sys/param.h>

#include "model/verdict.h"

/* The kernel switches to another clocksource within 80 ms after a mark (field logs), later if stop_machine has to
 * wait. */
#define SWITCH_SPAN_USEC UINT64_C(2000000)

void clock_init(Clock *clock, const Facts *facts)
{
        *clock = (Clock) { .facts = facts };
        clock->report_deadline = clock->mark_deadline = clock->vanish_deadline = clock->next_read_usec = CLOCK_NEVER;
        clock->mark_limit = clock->leave_deadline = CLOCK_NEVER;
}

static void note(Clock *clock, ClockChanges *changes, unsigned change)
{
        if (!clock->started)
                return;
        if (change == CLOCK_CHANGED_VERDICT && !(changes->mask & CLOCK_CHANGED_VERDICT))
                changes->old_verdict = clock->verdict;
        if (change == CLOCK_CHANGED_CLOCKSOURCE && !(changes->mask & CLOCK_CHANGED_CLOCKSOURCE))
                strcpy(changes->old_clocksource, clock->current);
        changes->mask |= change;
}

static void note_line(Clock *clock, ClockChanges *changes, unsigned change, const KernelEvent *event)
{
        if (!clock->started)
                return;
        note(clock, changes, change);
        strcpy(changes->name, event->line.clocksource);
        strcpy(changes->text, event->text);
}

/* A replay may contain the same line twice. */
static void keep_firmware_fault(Clock *clock, const KernelEvent *event, ClockChanges *changes)
{
        for (size_t i = 0; i < clock->n_firmware_faults; i++)
                if (strcmp(clock->firmware_faults[i], event->text) == 0)
                        return;
        if (clock->n_firmware_faults == FIRMWARE_FAULTS_MAX)
                return;
        strcpy(clock->firmware_faults[clock->n_firmware_faults++], event->text);
        note(clock, changes, CLOCK_CHANGED_DETAILS);
}

static void on_switched(Clock *clock, const KernelEvent *event, uint64_t previous_usec)
{
        strcpy(clock->switched_to, event->line.clocksource);
        clock->switched_usec = event->usec;
        clock->switch_unread = true;
        if (clocksource_is_tsc(event->line.clocksource)) {
                if (!clock->using_tsc || clock->use_since_usec == 0 || clock->use_since_usec > event->usec)
                        clock->use_since_usec = event->usec;
                clock->using_tsc = clock->tsc_used = clock->tsc_registered = true;
                /* The kernel never returns to a clocksource that it has marked. */
                if (!clock->started)
                        clock_mark_forget(clock);
                return;
        }
        clock->using_tsc = false;
        if (!clock->started && clock->has_mark && !clock->mark_corroborated && event->usec >= clock->latest_mark.usec &&
            event->usec - previous_usec <= SWITCH_SPAN_USEC) {
                clock->mark = clock->latest_mark;
                clock->mark_corroborated = true;
        }
}

static void on_event(Clock *clock, const KernelEvent *event, uint64_t previous_usec, uint64_t now,
                     ClockChanges *changes)
{
        switch (event->line.kind) {
        case KERNEL_LINE_MARK:
                if (!clocksource_is_tsc(event->line.clocksource))
                        note_line(clock, changes, CLOCK_OTHER_MARKED, event);
                else if (clock_mark_take(clock, event, now))
                        note(clock, changes, CLOCK_CHANGED_DETAILS);
                break;
        case KERNEL_LINE_SWITCHED:
                on_switched(clock, event, previous_usec);
                break;
        case KERNEL_LINE_REGISTERED:
                if (clocksource_is_tsc(event->line.clocksource))
                        clock->tsc_registered = true;
                break;
        case KERNEL_LINE_CALIBRATION:
        case KERNEL_LINE_REFINED:
                if (clock->tsc_khz != event->line.khz)
                        note(clock, changes, CLOCK_CHANGED_DETAILS);
                clock->tsc_khz = event->line.khz;
                break;
        case KERNEL_LINE_HPET_RATE:
                clock->hpet_hz = event->line.hpet_hz;
                break;
        case KERNEL_LINE_CPUS_DIFFER:
                if (!clock->cpus_differ)
                        note(clock, changes, CLOCK_CHANGED_DETAILS);
                clock->cpus_differ = true;
                break;
        case KERNEL_LINE_OVERRIDE:
                note_line(clock, changes, CLOCK_OVERRIDE_REFUSED, event);
                break;
        case KERNEL_LINE_TSC_ADJUST:
                keep_firmware_fault(clock, event, changes);
                note_line(clock, changes, CLOCK_TSC_ADJUSTED, event);
                break;
        case KERNEL_LINE_CALIBRATION_DIFFERS:
                note_line(clock, changes, CLOCK_CALIBRATION_DIFFERS, event);
                break;
        case KERNEL_LINE_KVM_WARNING:
                note_line(clock, changes, CLOCK_KVM_WARNED, event);
                break;
        default:
                break;
        }
}

static bool was_switched(const Clock *clock)
{
        return clock->switched_usec > 0 && strcmp(clock->switched_to, clock->current) == 0;
}

static uint64_t find_since(const Clock *clock, Verdict verdict)
{
        switch (verdict) {
        case VERDICT_UNSTABLE:
                return clock->cause.usec;
        case VERDICT_STABLE:
        case VERDICT_TRUSTED:
        case VERDICT_UNVERIFIED:
                return clock->use_since_usec;
        case VERDICT_UNUSED:
                return was_switched(clock) ? clock->switched_usec : clock->current_since_usec;
        case VERDICT_ABSENT:
                return clock->unbound && was_switched(clock) ? clock->switched_usec : clock->vanished_usec;
        default:
                return 0;
        }
}

static void set_verdict(Clock *clock, ClockChanges *changes)
{
        ClockReason reason;
        Verdict verdict = clock_find_verdict(clock, &reason);
        uint64_t since = find_since(clock, verdict);

        if (verdict != clock->verdict || reason != clock->reason)
                note(clock, changes, CLOCK_CHANGED_VERDICT);
        else if (since != clock->since_usec)
                note(clock, changes, CLOCK_CHANGED_DETAILS);
        clock->verdict = verdict;
        clock->reason = reason;
        clock->since_usec = since;
        if (verdict == VERDICT_UNSTABLE)
                clock->lost_after_use = clock->lost_after_use || clock->tsc_used || clock->cause.current;
}

/* tsc is not registered, and no line says why. */
static void explain_absence(Clock *clock, uint64_t now)
{
        clock->vanish_deadline = CLOCK_NEVER;
        if (clock->imported && clock->imported_verdict == VERDICT_ABSENT && !clock->started) {
                clock->unbound = clock->imported_reason == REASON_UNBOUND;
        } else if (clock->log_gap && clock->facts->has_tsc) {
                KernelEvent lost = { .line = { .kind = KERNEL_LINE_MARK, .reason = REASON_OTHER } };

                lost.usec = clock->vanished_usec;
                clock_mark_confirm(clock, &lost, now);
        } else {
                clock->unbound = clock->tsc_registered;
        }
}

/* The list changes before the current clocksource. In a guest the new clocksource decides whether the clock has become
 * worse. */
static bool awaits_successor(const Clock *clock)
{
        return clock->leave_deadline != CLOCK_NEVER && clock->facts->hypervisor && verdict_in_use(clock->verdict);
}

/* fresh: sysfs has just been read. A pending line is dropped only then, because this process may not have run for a
 * while. */
static void update_verdict(Clock *clock, bool fresh, uint64_t now, ClockChanges *changes)
{
        if (!clock->started || (!clock->observed && !clock->marked))
                return;
        if (clock->has_mark && !clock->marked) {
                if (clock_mark_has_effect(clock)) {
                        clock_mark_confirm(clock, &clock->mark, now);
                } else if (fresh && now >= clock->mark_deadline) {
                        note_line(clock, changes, CLOCK_LINE_WITHOUT_EFFECT, &clock->mark);
                        clock_mark_forget(clock);
                }
        }
        if (fresh && clock->vanish_deadline <= now)
                explain_absence(clock, now);
        if (clock->leave_deadline <= now || clock_tsc_was_left(clock))
                clock->leave_deadline = CLOCK_NEVER;
        /* The old verdict stays until it is known why tsc has gone. */
        if (clock->vanish_deadline == CLOCK_NEVER && !awaits_successor(clock))
                set_verdict(clock, changes);
        if (!clock->has_mark && clock->vanish_deadline == CLOCK_NEVER && clock->leave_deadline == CLOCK_NEVER)
                clock->next_read_usec = CLOCK_NEVER;
}

static void report_flush(Clock *clock, uint64_t now, ClockChanges *changes)
{
        KernelEvent event;

        clock->report_deadline = CLOCK_NEVER;
        if (kernel_report_flush(&clock->report, &event))
                on_event(clock, &event, clock->last_line_usec, now, changes);
}

/* The kernel is still writing, perhaps to a slow console. So the wait for a line's effect starts again with each
 * further line. */
static void renew_waits(Clock *clock, uint64_t now)
{
        if (clock->report.open)
                clock->report_deadline = now + KERNEL_REPORT_SPAN_USEC;
        else
                clock->report_deadline = CLOCK_NEVER;
        if (clock->started && clock->has_mark && now + CLOCK_GRACE_USEC < clock->mark_limit)
                clock->mark_deadline = now + CLOCK_GRACE_USEC;
}

void clock_feed_line(Clock *clock, uint64_t usec, uint64_t now, const char *text, ClockChanges *changes)
{
        KernelEvent events[2];
        uint64_t previous = clock->last_line_usec;
        int n;

        /* 0 means unknown here; the kernel logs 0 until its clock runs. */
        if (usec == 0)
                usec = 1;
        n = kernel_report_feed(&clock->report, usec, text, events);
        if (n < 0)
                return;
        clock->last_line_usec = usec;
        for (int i = 0; i < n; i++)
                on_event(clock, &events[i], previous, now, changes);
        renew_waits(clock, now);
        if (n > 0)
                update_verdict(clock, /* fresh= */ false, now, changes);
}

void clock_feed_overrun(Clock *clock)
{
        clock->log_gap = true;
}

static void observe_current(Clock *clock, const char *current, uint64_t now, ClockChanges *changes)
{
        bool was_known = clock->current_known;
        bool is_tsc = current && clocksource_is_tsc(current);

        clock->current_known = current != NULL;
        if (!current || (was_known && strcmp(current, clock->current) == 0))
                return;
        note(clock, changes, CLOCK_CHANGED_CLOCKSOURCE);
        clock->current_since_usec = clock->started ? now : 0;
        snprintf(clock->current, sizeof(clock->current), "%s", current);
        if (is_tsc && !clock->using_tsc)
                clock->use_since_usec = clock->current_since_usec;
        clock->using_tsc = is_tsc;
        if (is_tsc)
                clock->tsc_used = clock->tsc_registered = true;
}

static void observe_available(Clock *clock, const char *available, uint64_t now, ClockChanges *changes)
{
        bool was_listed = clock->available_known && clock->listed;

        clock->available_known = available != NULL;
        if (!available)
                return;
        if (strcmp(available, clock->available) != 0)
                note(clock, changes, CLOCK_CHANGED_DETAILS);
        snprintf(clock->available, sizeof(clock->available), "%s", available);
        clock->listed = clocksources_have_tsc(available);
        if (clock->listed) {
                clock->tsc_registered = true;
                clock->unbound = clock->log_gap = false;
                clock->vanish_deadline = CLOCK_NEVER;
        } else if (was_listed && clock->started && !clock->marked && !clock->has_mark) {
                clock->vanished_usec = now;
                clock->vanish_deadline = now + CLOCK_GRACE_USEC;
                clock_reads_begin(clock, now);
        }
}

void clock_feed_sysfs(Clock *clock, const ClockObservation *observation, uint64_t now, ClockChanges *changes)
{
        clock->observed = true;
        clock->switch_unread = false;
        if (clock->has_mark)
                clock->mark_read = true;
        observe_current(clock, observation->current, now, changes);
        observe_available(clock, observation->available, now, changes);
        /* The kernel changes the list after it has printed the whole report, so the other half will not come. */
        if (clock->started && clock->available_known && !clock->listed)
                report_flush(clock, now, changes);
        update_verdict(clock, /* fresh= */ true, now, changes);
}

void clock_feed_timer(Clock *clock, uint64_t now, ClockChanges *changes)
{
        if (clock->report_deadline <= now)
                report_flush(clock, now, changes);
        if (clock->next_read_usec <= now) {
                clock->read_interval_usec *= 2;
                clock->next_read_usec = now + clock->read_interval_usec;
        }
        update_verdict(clock, /* fresh= */ false, now, changes);
}

void clock_feed_probe(Clock *clock, bool convicted, ClockChanges *changes)
{
        if (convicted != clock->probe_convicted)
                note(clock, changes, CLOCK_CHANGED_DETAILS);
        clock->probe_convicted = convicted;
}

void clock_feed_facts(Clock *clock, uint64_t now, ClockChanges *changes)
{
        note(clock, changes, CLOCK_CHANGED_DETAILS);
        update_verdict(clock, /* fresh= */ false, now, changes);
}

/* The log no longer says since when, but the last daemon knew it. */
static void adopt_since(Clock *clock)
{
        clock->since_usec = clock->imported_since_usec;
        if (clock->using_tsc)
                clock->use_since_usec = clock->since_usec;
        else
                clock->current_since_usec = clock->vanished_usec = clock->since_usec;
}

void clock_start(Clock *clock, bool log_complete, uint64_t now)
{
        ClockChanges unheard = {};

        report_flush(clock, now, &unheard);
        clock->log_gap = (clock->log_gap || !log_complete) && !clock->listed;
        if (clock->has_mark) {
                clock->mark_limit = now + CLOCK_SLOW_USEC;
                clock->mark_deadline = clock->last_line_usec + CLOCK_GRACE_USEC;
        }
        if (clock->available_known && !clock->listed && !clock->marked && !clock->has_mark)
                explain_absence(clock, now);
        clock->started = true;
        if (clock->observed && clock->has_mark)
                clock_reads_begin(clock, now);
        update_verdict(clock, /* fresh= */ true, now, &unheard);
        if (clock->since_usec == 0 && clock->imported && clock->verdict == clock->imported_verdict &&
            clock->reason == clock->imported_reason)
                adopt_since(clock);
}

uint64_t clock_deadline(const Clock *clock)
{
        uint64_t deadline = MIN(clock->report_deadline, clock->mark_deadline);

        deadline = MIN(deadline, clock->vanish_deadline);
        deadline = MIN(deadline, clock->leave_deadline);
        return MIN(deadline, clock->next_read_usec);
}

bool clock_wants_sysfs(const Clock *clock)
{
        return clock->has_mark || clock->switch_unread || clock->vanish_deadline != CLOCK_NEVER || clock->report.open ||
               clock->leave_deadline != CLOCK_NEVER;
}
