/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The kernel reports some events in several lines, and lines of other CPUs may come between them. This makes one event
 * of such a report.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "model/kernel-line.h"

/* Long enough for the longest wording known and a vendor's sentence behind it. Longer lines are cut. */
#define KERNEL_TEXT_SIZE 320

/* The lines of a report follow each other within this time, even on a slow serial console, which takes up to 0.1 s for
 * a line. A later line belongs to another report. */
#define KERNEL_REPORT_SPAN_USEC UINT64_C(1000000)

typedef struct KernelEvent {
        /* What its line says, and of a report what all lines say. KERNEL_LINE_MARK: a clocksource was given up, by one
         * line or a report; its name is "" if that kernel does not say it. Of read-delay the skew is how long the read
         * took. */
        KernelLine line;
        uint64_t usec;   /* the first line's time stamp: CLOCK_MONOTONIC as the kernel logged it */
        bool current;    /* the kernel said that the marked clocksource is the current one */
        bool has_cycles; /* what the two counters counted in the interval */
        uint64_t tsc_cycles, reference_cycles, reference_mask;
        int64_t wrap_ns;             /* after this time the reference counter starts again at 0; 0 unknown */
        char text[KERNEL_TEXT_SIZE]; /* the most informative line, as logged: any bytes */
} KernelEvent;

/* All zero is the empty one. */
typedef struct KernelReport {
        bool open;
        bool has_tsc_cycles, has_reference_cycles;
        uint64_t last_usec; /* the time stamp of its latest line */
        KernelEvent event;  /* its line has the kind of the report's head until the report ends */
} KernelReport;

/* Feeds the next line. Stores up to two events in ret, in the kernel's order, and returns how many; -1: the line is not
 * about a clocksource. */
int kernel_report_feed(KernelReport *report, uint64_t usec, const char *text, KernelEvent ret[static 2]);

/* What does not fit is cut. hz must not be 0. */
int64_t cycles_to_ns(uint64_t cycles, uint64_t hz);

/* Kernels before 5.13 log what the counters counted, but no times. Computes them: sets has_skew and has_interval where
 * they are missing and both rates are known, and wrap_ns. The rates of acpi_pm and of the hypervisors' clocks are fixed
 * (PMTMR_TICKS_PER_SEC; kvm-clock and xen count ns, Hyper-V's clocks 100 ns). tsc_khz, hpet_hz: 0 unknown. */
void kernel_event_measure(KernelEvent *event, unsigned tsc_khz, uint64_t hpet_hz);

/* Ends an open report, when no more lines are coming for now (the log is read to its end and KERNEL_REPORT_SPAN_USEC
 * have passed). 1: *ret is set; 0: there was none. */
unsigned kernel_report_flush(KernelReport *report, KernelEvent *ret);
