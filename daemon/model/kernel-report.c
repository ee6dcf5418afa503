/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>
#include <sys/param.h>

#include "base/append.h"
#include "model/kernel-report.h"

#define NSEC_PER_SEC 1000000000

static KernelEvent event_from_line(uint64_t usec, const char *text, const KernelLine *line)
{
        KernelEvent event = { .line = *line, .usec = usec };

        copy_text(event.text, sizeof(event.text), text);
        return event;
}

static ClockReason head_reason(KernelLineKind head)
{
        switch (head) {
        case KERNEL_LINE_INTER_CPU_SKEW:
                return REASON_INTER_CPU_SKEW;
        case KERNEL_LINE_READ_DELAY:
                return REASON_READ_DELAY;
        case KERNEL_LINE_WARP_PAIR:
        case KERNEL_LINE_WARP:
                return REASON_WARP;
        default:
                return REASON_CLOCKSOURCE_WATCHDOG;
        }
}

static void report_open(KernelReport *report, uint64_t usec, const char *text, const KernelLine *line)
{
        *report = (KernelReport) { .open = true, .last_usec = usec, .event = event_from_line(usec, text, line) };
        report->event.line.reason = head_reason(line->kind);
        report->event.line.warp_cycles = MAX(line->warp_cycles, 0);
        if (line->kind == KERNEL_LINE_WARP_PAIR || line->kind == KERNEL_LINE_WARP)
                strcpy(report->event.line.clocksource, "tsc");
}

static void absorb_counter(KernelReport *report, const KernelLine *line)
{
        KernelEvent *event = &report->event;
        uint64_t cycles = (line->counter_now - line->counter_last) & line->counter_mask;

        if (line->reference[0]) {
                report->has_reference_cycles = true;
                event->reference_cycles = cycles;
                event->reference_mask = line->counter_mask;
        } else {
                report->has_tsc_cycles = true;
                /* If the counter went back, the kernel uses 0 (clocksource_delta()). */
                event->tsc_cycles = cycles > line->counter_mask / 2 ? 0 : cycles;
        }
        event->has_cycles = report->has_tsc_cycles && report->has_reference_cycles;
}

static void report_absorb(KernelReport *report, uint64_t usec, const KernelLine *line)
{
        KernelLine *whole = &report->event.line;

        report->last_usec = usec;
        if (line->kind == KERNEL_LINE_CURRENT && strcmp(line->clocksource, whole->clocksource) == 0)
                report->event.current = true;
        if (line->reference[0])
                strcpy(whole->reference, line->reference);
        if (line->has_counter)
                absorb_counter(report, line);
        if (line->has_interval) {
                whole->has_interval = true;
                whole->interval_ns = line->interval_ns;
        }
        if (line->has_cs_interval) {
                whole->has_cs_interval = true;
                whole->cs_interval_ns = line->cs_interval_ns;
        }
        if (line->has_skew) {
                whole->has_skew = true;
                whole->skew_ns = line->skew_ns;
        }
}

unsigned kernel_report_flush(KernelReport *report, KernelEvent *ret)
{
        KernelLine *whole = &report->event.line;
        int64_t skew;

        if (!report->open)
                return 0;
        report->open = false;
        /* The sync test first says which CPUs it compares, and then the result. */
        if (whole->kind == KERNEL_LINE_WARP_PAIR)
                return 0;
        whole->kind = KERNEL_LINE_MARK;
        if (!whole->has_skew && whole->has_interval && whole->has_cs_interval &&
            !__builtin_sub_overflow(whole->cs_interval_ns, whole->interval_ns, &skew)) {
                whole->has_skew = true;
                whole->skew_ns = skew;
        }
        *ret = report->event;
        return 1;
}

static uint64_t reference_hz(const char *name, uint64_t hpet_hz)
{
        if (strcmp(name, "hpet") == 0)
                return hpet_hz;
        if (strcmp(name, "acpi_pm") == 0)
                return 3579545;
        if (strcmp(name, "kvm-clock") == 0 || strcmp(name, "xen") == 0)
                return NSEC_PER_SEC;
        if (strcmp(name, "hyperv_clocksource_tsc_page") == 0 || strcmp(name, "hyperv_clocksource_msr") == 0)
                return 10000000;
        return 0;
}

int64_t cycles_to_ns(uint64_t cycles, uint64_t hz)
{
        uint64_t seconds = cycles / hz, rest = cycles % hz;

        if (seconds >= INT64_MAX / NSEC_PER_SEC)
                return INT64_MAX;
        return (int64_t)(seconds * NSEC_PER_SEC) + (int64_t)((double)rest * NSEC_PER_SEC / (double)hz);
}

void kernel_event_measure(KernelEvent *event, unsigned tsc_khz, uint64_t hpet_hz)
{
        uint64_t hz = reference_hz(event->line.reference, hpet_hz);

        if (!event->has_cycles || hz == 0)
                return;
        event->wrap_ns = cycles_to_ns(event->reference_mask, hz);
        if (event->line.has_skew || event->line.has_interval || tsc_khz == 0)
                return;
        event->line.has_interval = event->line.has_skew = true;
        event->line.interval_ns = cycles_to_ns(event->reference_cycles, hz);
        event->line.skew_ns = cycles_to_ns(event->tsc_cycles, (uint64_t)tsc_khz * 1000) - event->line.interval_ns;
}

/* Since 4.11 "Marking TSC unstable due to" is the last line of every report about the TSC. */
static bool mark_ends_report(const KernelReport *report, const KernelLine *mark)
{
        if (!report->open)
                return false;
        if (mark->reason == REASON_WARP)
                return report->event.line.kind == KERNEL_LINE_WARP;
        return mark->reason == REASON_CLOCKSOURCE_WATCHDOG && head_reason(report->event.line.kind) != REASON_WARP &&
               (!report->event.line.clocksource[0] || clocksource_is_tsc(report->event.line.clocksource));
}

static unsigned feed_mark(KernelReport *report, uint64_t usec, const char *text, const KernelLine *line,
                          KernelEvent *ret)
{
        unsigned n;

        if (mark_ends_report(report, line)) {
                if (!report->event.line.clocksource[0])
                        strcpy(report->event.line.clocksource, "tsc");
                return kernel_report_flush(report, ret);
        }
        n = kernel_report_flush(report, ret);
        ret[n] = event_from_line(usec, text, line);
        strcpy(ret[n].line.clocksource, "tsc");
        return n + 1;
}

static unsigned feed_head(KernelReport *report, uint64_t usec, const char *text, const KernelLine *line,
                          KernelEvent *ret)
{
        unsigned n = 0;
        uint64_t first = usec;

        if (report->open && report->event.line.kind == KERNEL_LINE_WARP_PAIR && line->kind == KERNEL_LINE_WARP)
                first = report->event.usec;
        else
                n = kernel_report_flush(report, ret);
        report_open(report, first, text, line);
        return n;
}

static unsigned feed_line(KernelReport *report, uint64_t usec, const char *text, const KernelLine *line,
                          KernelEvent *ret)
{
        unsigned n;

        switch (line->kind) {
        case KERNEL_LINE_MARK:
                return feed_mark(report, usec, text, line, ret);
        case KERNEL_LINE_SKEW:
        case KERNEL_LINE_INTER_CPU_SKEW:
        case KERNEL_LINE_READ_DELAY:
        case KERNEL_LINE_WARP_PAIR:
        case KERNEL_LINE_WARP:
                return feed_head(report, usec, text, line, ret);
        case KERNEL_LINE_SKEW_ALONE:
                n = feed_head(report, usec, text, line, ret);
                return n + kernel_report_flush(report, ret + n);
        case KERNEL_LINE_DETAIL:
        case KERNEL_LINE_CURRENT:
                if (report->open)
                        report_absorb(report, usec, line);
                return 0;
        case KERNEL_LINE_CPUS_DIFFER:
                if (!clocksource_is_tsc(line->clocksource))
                        return 0;
                *ret = event_from_line(usec, text, line);
                return 1;
        default:
                /* In 4.1 to 4.10 only the switch to another clocksource ends a report. */
                n = line->kind == KERNEL_LINE_SWITCHED ? kernel_report_flush(report, ret) : 0;
                ret[n] = event_from_line(usec, text, line);
                return n + 1;
        }
}

int kernel_report_feed(KernelReport *report, uint64_t usec, const char *text, KernelEvent ret[static 2])
{
        KernelLine line;
        unsigned n = 0;

        kernel_line_classify(text, &line);
        if (line.kind == KERNEL_LINE_NOT_OURS)
                return -1;
        /* Afterwards no report is open, so this line makes one event at most. */
        if (report->open && usec > report->last_usec && usec - report->last_usec > KERNEL_REPORT_SPAN_USEC)
                n = kernel_report_flush(report, ret);
        return (int)(n + feed_line(report, usec, text, &line, ret + n));
}
