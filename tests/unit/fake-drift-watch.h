/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Replaces host/drift-watch.c by a watch that reports what the test says. One at a time
 */
#pragma once

#include "host/drift-watch.h"

struct DriftWatch {
        int fd;
        pid_t self;
        KnobId kept[1024];
        size_t n;
        KnobId new[1024]; /* to be reported as newly watched */
        size_t n_new, next;
        const char *written[64]; /* paths of the knobs that the next reading finds written to */
        size_t n_written;
        Writer writer;
        bool writes_clocksource, has_lost;
        bool is_replaced; /* all files */
};

extern DriftWatch the_watch;

/* The watch's descriptor becomes readable. */
void fake_drift_watch_wake(void);
