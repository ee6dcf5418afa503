/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * When to read the host again after something came or went: at once, or soon after a module was loaded. Then once for
 * all further changes together, at growing intervals while they go on. And once more later after a module, because a
 * driver may register well after its module was announced.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define RESCAN_SOON_USEC UINT64_C(100000)
#define RESCAN_LATER_USEC UINT64_C(2000000)
#define RESCAN_NEVER UINT64_MAX

/* What may have changed besides the CPUs that came or went, whose knobs the kernel may have set anew. Each includes the
 * one before. */
typedef enum RescanScope {
        RESCAN_CPUS, /* nothing else */
        RESCAN_HOST, /* anything */
        RESCAN_ANEW, /* the kernel may have set any knob anew: the host slept, or events were lost */
} RescanScope;

/* All zero is ready for use. Times are CLOCK_MONOTONIC. */
typedef struct Rescan {
        uint64_t soon_usec, later_usec; /* due then; 0: not due */
        uint64_t last_usec;             /* of the last one */
        uint64_t delay_usec;            /* the wait between an event and the reading, the last time */
} Rescan;

/* Something happened; `later`: read once more later. */
void rescan_ask(Rescan *rescan, uint64_t now_usec, bool later);
/* When to read the host next; RESCAN_NEVER: nothing is due. */
uint64_t rescan_deadline(const Rescan *rescan);
/* Whether it is time to read; this also clears what is due. */
bool rescan_take(Rescan *rescan, uint64_t now_usec);
