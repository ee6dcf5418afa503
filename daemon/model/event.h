/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * An event that was logged with a MESSAGE_ID; Events() on the bus returns the last ones.
 */
#pragma once

#include <stdint.h>

typedef struct Event {
        uint64_t realtime_usec;
        uint64_t monotonic_usec;
        const char *name; /* "tsc-lost", "applied" … */
        char *text;       /* escaped */
} Event;
