/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The originals in memory and in the runtime directory. They are in the file before anything is written.
 */
#pragma once

#include <stdbool.h>

#include "model/originals.h"
#include "model/plan-types.h"
#include "model/plan.h"
#include "model/snapshot.h"

typedef struct KeptOriginals {
        /* not owned; -1: there is no runtime directory, so no original can be saved and nothing may be written */
        int runtime_fd;
        Originals values;
        bool unsaved; /* the file lacks some of the values */
        bool broken;  /* the file exists but cannot be understood; it must not be replaced */
} KeptOriginals;

/* Reads what an earlier process of this boot has saved. Errors are logged; after an error nothing may be written. */
void kept_originals_load(KeptOriginals *kept);
void kept_originals_done(KeptOriginals *kept);

/* To be called before the plan runs: saves the present values of the knobs that it will write. 0, or -errno that is
 * logged: then the plan must not run, and no new value is kept. */
int kept_originals_add(KeptOriginals *kept, const Plan *plan, const Snapshot *snapshot);
/* To be called after the plan has run. Drops the originals that are back in place (with `give_up` also those of knobs
 * that no longer exist, see originals_drop_returned()), and with `reached` those of knobs that now have the value that
 * the plan wants (originals_drop_reached()). A failure to write the file is logged. */
void kept_originals_drop(KeptOriginals *kept, const Plan *plan, const Snapshot *snapshot, bool give_up, bool reached);
