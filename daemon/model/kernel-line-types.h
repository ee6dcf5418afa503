/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What one line of the kernel's log can say about a clocksource.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "model/clock-words.h"

/* CS_NAME_LEN (kernel/time/tick-internal.h), with NUL. */
#define CLOCKSOURCE_NAME_SIZE 32

typedef enum KernelLineKind {
        KERNEL_LINE_NOT_OURS,
        KERNEL_LINE_MARK,           /* "Marking TSC unstable due to", with reason */
        KERNEL_LINE_SKEW,           /* opens a report: clocksource runs at another rate than its watchdog */
        KERNEL_LINE_SKEW_ALONE,     /* the same, 3.10: the whole report is this line */
        KERNEL_LINE_INTER_CPU_SKEW, /* opens a report: the CPUs' counters differ */
        KERNEL_LINE_READ_DELAY,  /* opens a report: reading took too long; clocksource "" where the kernel names none */
        KERNEL_LINE_WARP_PAIR,   /* opens a report: the two CPUs that the sync test compared */
        KERNEL_LINE_WARP,        /* the sync test failed */
        KERNEL_LINE_DETAIL,      /* numbers that belong to the report before it */
        KERNEL_LINE_CURRENT,     /* belongs to the same report: its clocksource is the current one */
        KERNEL_LINE_CPUS_DIFFER, /* after a mark: CPUs found ahead of or behind another */
        KERNEL_LINE_SWITCHED,
        KERNEL_LINE_REGISTERED,
        KERNEL_LINE_OVERRIDE,    /* somebody asked for a clocksource the kernel refuses */
        KERNEL_LINE_TSC_ADJUST,  /* firmware changed the TSC; the kernel repaired it */
        KERNEL_LINE_CALIBRATION, /* known without calibration, or roughly calibrated */
        KERNEL_LINE_REFINED,     /* calibrated for a second against another clock */
        KERNEL_LINE_CALIBRATION_DIFFERS,
        KERNEL_LINE_HPET_RATE,
        KERNEL_LINE_KVM_WARNING,
        KERNEL_LINE_BENIGN, /* looks alarming but means nothing: retries, skipped checks, consequences of a mark */
        KERNEL_LINE_MAX_,
} KernelLineKind;

typedef struct KernelLine {
        KernelLineKind kind;
        ClockReason reason;                      /* KERNEL_LINE_MARK */
        char clocksource[CLOCKSOURCE_NAME_SIZE]; /* the clocksource that the line is about; "" when it names none */
        char reference[CLOCKSOURCE_NAME_SIZE];   /* the watchdog */
        bool has_skew, has_interval, has_cs_interval;
        /* difference between the clocksource and its watchdog; of a slow reading: how long it took */
        int64_t skew_ns;
        int64_t interval_ns;    /* by the watchdog */
        int64_t cs_interval_ns; /* by the clocksource */
        /* what one of the two counters showed at the end of the interval and at its beginning */
        bool has_counter;
        uint64_t counter_now, counter_last, counter_mask;
        unsigned khz;        /* calibration */
        uint64_t hpet_hz;    /* KERNEL_LINE_HPET_RATE */
        int64_t warp_cycles; /* KERNEL_LINE_WARP; 0 unknown */
} KernelLine;
