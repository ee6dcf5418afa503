/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the drift monitor asks of its owner.
 */
#pragma once

#include "model/drift.h"
#include "model/plan-types.h"
#include "model/plan.h"
#include "model/snapshot-part.h"
#include "model/snapshot.h"

typedef struct DriftMonitor DriftMonitor;

/* No callback may be NULL. A callback may call the monitor's getters, but no other function of it. */
typedef struct DriftCallbacks {
        /* Reads the whole host, with every knob that the policy sets. 0 or -errno; *ret is the monitor's. */
        int (*read_host)(Snapshot *ret, void *userdata);
        /* Makes the plan that would bring the knobs of a part, or (NULL) of the whole host, to the policy's values.
         * *ret is the monitor's. 0 or -ENOMEM. */
        int (*plan_for)(const Snapshot *snapshot, const SnapshotPart *part, Plan *ret, void *userdata);
        /* Asks to start a repair from the event loop. The callback takes over what the monitor has read and planned;
         * both are empty if the task has to read the host itself. */
        void (*on_repair_wanted)(Snapshot *snapshot, Plan *plan, void *userdata);
        /* Called once for each value that another program changed, when it is known whether it was set again. The
         * report is valid during the call. */
        void (*on_report)(const DriftReport *report, void *userdata);
        /* The result of drift_get_contested_cpus() has changed. */
        void (*on_contested)(void *userdata);
        /* A line for the journal with a MESSAGE_ID; `fields` are "KEY=value", NULL-terminated. `public_text` is the
         * part of it that every user may read. */
        void (*on_event)(int level, const char *name, const char *message_id, const char *const *fields,
                         const char *text, const char *public_text, void *userdata);
} DriftCallbacks;
