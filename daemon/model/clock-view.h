/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The conclusions about the clock and their evidence. Every output shows them; urgency and remedy follow from them.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/clock-words.h"
#include "model/kernel-report.h"

typedef struct ClockView {
        Verdict verdict;
        ClockReason reason;
        Suspect suspect;
        Urgency urgency;
        bool expected; /* CPU flags and boot parameters alone predict this verdict for every boot */
        bool lost_after_use;
        bool probe_convicted; /* the last `tscwarden probe` proved that the TSCs of CPUs differ */
        bool cpus_differ;     /* the kernel compared the CPUs after the mark and found some ahead or behind */
        /* at the start: the last daemon of this boot had another verdict, or there was none */
        bool news;
        uint64_t since_usec;      /* the kernel's monotonic clock; 0 unknown */
        const KernelEvent *cause; /* the event of a mark; NULL for none. Its text is "" if the line was lost */
        const char *kernel_line;  /* "" for none; any bytes */
        const char *clocksource;  /* "" unknown */
        const char *available;    /* as sysfs has it; "" unknown */
        WatchdogState watchdog;
        char reference[CLOCKSOURCE_NAME_SIZE];           /* the watchdog's reference now; "" for none */
        unsigned tsc_khz;                                /* 0 unknown */
        const char (*firmware_faults)[KERNEL_TEXT_SIZE]; /* TSC ADJUST lines of this boot: any bytes */
        size_t n_firmware_faults;
} ClockView;
