/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the drift monitor asks of its owner.
 */
#pragma once

#include "model/drift.h"
#include "model/plan-types.h"
#include "model/plan.h"
#include "model/snapshot.h"

typedef struct DriftMonitor DriftMonitor;

/* None may be NULL. None of them may call back into the monitor, but for the getters. */
typedef struct DriftCallbacks {
        /* Reads the whole host, with everything that the policy speaks of. 0 or -errno; *ret is the monitor's. */
        int (*read_host)(Snapshot *ret, void *userdata);
        /* The plan that would bring these knobs to where they should be. It is the monitor's. 0 or -ENOMEM. */
        int (*plan_for)(const Snapshot *snapshot, Plan *ret, void *userdata);
        /* A repair is to start from the event loop. The callback takes over what the monitor has read and planned; both are empty
         * when the task has to read the host itself. */
        void (*on_repair_wanted)(Snapshot *snapshot, Plan *plan, void *userdata);
        /* Once for each value that another program changed, when it is known whether it was set again. Valid during the call. */
        void (*on_report)(const DriftReport *report, void *userdata);
        /* drift_get_contested_cpus() has changed. */
        void (*on_contested)(void *userdata);
        /* A line for the journal that has a MESSAGE_ID; `fields` are "KEY=value", NULL-terminated. `public_text` is what everybody may
         * read of it. */
        void (*on_event)(int level, const char *name, const char *message_id, const char *const *fields,
                         const char *text, const char *public_text, void *userdata);
} DriftCallbacks;
