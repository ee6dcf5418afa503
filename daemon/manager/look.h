/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Reads the host for callers of the bus, at most once a second.
 */
#pragma once

#include <systemd/sd-event.h>

#include "host/cpu-reading.h"
#include "manager/planner.h"
#include "manager/view.h"

/* Each has turns of the event loop of its own: on a large host each takes a few ms. */
typedef enum LookPhase {
        LOOK_RESTS,
        LOOK_READS,
        LOOK_PLANS,
        LOOK_ANSWERS,
} LookPhase;

typedef struct Look {
        sd_event *event;        /* not owned */
        const Planner *planner; /* not owned */
        void (*on_ready)(void *userdata);
        void *userdata;
        ManagerLook kept;
        sd_event_source *timer, *slice;
        CpuReading reading;
        LookPhase phase;
} Look;

void look_done(Look *look);
/* The host as it is now, or as it was at most a second ago. NULL when it cannot be read. Valid until the next call or
 * the next turn of the event loop. */
const ManagerLook *look_get(Look *look);
/* Reads the host in slices from the event loop, unless look_get() has it already. Whether on_ready() will be called;
 * then look_get() has it. */
bool look_prepare(Look *look);
/* Makes the next look_get() read the host again. */
void look_forget(Look *look);
