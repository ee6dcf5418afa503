/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/clock-words.h"
#include "model/cmdline.h"
#include "model/verdict.h"

#define FIRST_READ_USEC UINT64_C(5000)

/* Without high resolution and dynamic ticks the kernel still lists a marked TSC, but does not use it any more. */
static bool list_keeps_marked(const Clock *clock)
{
        return cmdline_has(clock->facts->cmdline, "highres", "off") &&
               cmdline_has(clock->facts->cmdline, "nohz", "off");
}

bool clock_tsc_was_left(const Clock *clock)
{
        return clock->current_known && !clocksource_is_tsc(clock->current);
}

bool clock_mark_has_effect(const Clock *clock)
{
        if (!clock->available_known)
                return clock_tsc_was_left(clock);
        /* The reason for the loss is known already. */
        if (clock->unbound)
                return false;
        return !clock->listed || (list_keeps_marked(clock) && clock_tsc_was_left(clock));
}

void clock_mark_forget(Clock *clock)
{
        clock->has_mark = clock->mark_corroborated = false;
        clock->mark_deadline = CLOCK_NEVER;
}

void clock_reads_begin(Clock *clock, uint64_t now)
{
        clock->read_interval_usec = FIRST_READ_USEC;
        clock->next_read_usec = now + FIRST_READ_USEC;
}

static void set_cause(Clock *clock, const KernelEvent *cause)
{
        clock->cause = *cause;
        kernel_event_measure(&clock->cause, clock->tsc_khz, clock->hpet_hz);
}

void clock_mark_confirm(Clock *clock, const KernelEvent *cause, uint64_t now)
{
        clock->marked = true;
        /* The list changes before the current clocksource. */
        if (clock->current_known && clocksource_is_tsc(clock->current)) {
                clock->leave_deadline = now + CLOCK_GRACE_USEC;
                if (clock->next_read_usec == CLOCK_NEVER)
                        clock_reads_begin(clock, now);
        }
        set_cause(clock, cause);
        clock_mark_forget(clock);
        clock->vanish_deadline = CLOCK_NEVER;
}

/* The whole log is read at once, so the effect of each line cannot be observed. Of several candidates the one counts
 * after which the log itself shows a switch, else the first. */
static void mark_replay(Clock *clock, const KernelEvent *event)
{
        clock->latest_mark = *event;
        if (clock->has_mark)
                return;
        clock->has_mark = true;
        clock->mark = *event;
}

bool clock_mark_take(Clock *clock, const KernelEvent *event, uint64_t now)
{
        if (clock->marked && clock->cause.text[0])
                return false;
        if (clock->marked) {
                set_cause(clock, event);
                return true;
        }
        if (!clock->started) {
                mark_replay(clock, event);
                return false;
        }
        if (clock->has_mark && !clock->mark_read)
                return false;
        clock->has_mark = true;
        clock->mark_read = false;
        clock->mark = *event;
        clock->mark_deadline = now + CLOCK_GRACE_USEC;
        clock->mark_limit = now + CLOCK_SLOW_USEC;
        clock_reads_begin(clock, now);
        return false;
}
