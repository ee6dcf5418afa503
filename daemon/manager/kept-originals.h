/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The originals in memory and in the runtime directory: the file has them before anything is written.
 */
#pragma once

#include <stdbool.h>

#include "model/originals.h"
#include "model/plan-types.h"
#include "model/plan.h"
#include "model/snapshot.h"

typedef struct KeptOriginals {
        int runtime_fd; /* not owned; -1: there is no runtime directory, nothing can be kept, so nothing may be written */
        Originals values;
        bool unsaved; /* the file does not have them all */
        bool broken;  /* there is a file, and nobody knows what it says: it must not be replaced */
} KeptOriginals;

/* Reads what an earlier process of this boot has left. What fails is logged; then nothing may be written. */
void kept_originals_load(KeptOriginals *kept);
void kept_originals_done(KeptOriginals *kept);

/* Before the plan runs: keeps what stands where it will write. 0, or -errno, logged: then the plan must not run, and nothing new is
 * kept. */
int kept_originals_add(KeptOriginals *kept, const Plan *plan, const Snapshot *snapshot);
/* After the plan has run: lets go of what is back in place (`give_up`: also of what is gone, as originals_drop_returned()), and with
 * `reached` of what now stands as the plan wants it (originals_drop_reached()). That the file could not be written is logged. */
void kept_originals_drop(KeptOriginals *kept, const Plan *plan, const Snapshot *snapshot, bool give_up, bool reached);
