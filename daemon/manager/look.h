/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Reads the host for callers of the bus, at most once a second.
 */
#pragma once

#include <systemd/sd-event.h>

#include "manager/planner.h"
#include "manager/view.h"

typedef struct Look {
        sd_event *event;        /* not owned */
        const Planner *planner; /* not owned */
        ManagerLook kept;
        sd_event_source *timer;
} Look;

void look_done(Look *look);
/* The host as it is now, or as it was at most a second ago. NULL when it cannot be read. Valid until the next call or
 * the next turn of the event loop. */
const ManagerLook *look_get(Look *look);
/* Makes the next look_get() read the host again. */
void look_forget(Look *look);
