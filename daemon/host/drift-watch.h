/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Hears of writes from user space to the knobs and to current_clocksource, and by whom: fanotify(7), which takes CAP_SYS_ADMIN, else
 * inotify(7), which does not know the writer. The kernel's own changes are not heard of.
 */
#pragma once

#include "base/macro.h"
#include "model/knob.h"
#include "model/writer.h"

typedef struct DriftWatch DriftWatch;

/* 0, or the -errno of inotify_init1(2): neither is to be had. */
int drift_watch_new(DriftWatch **ret);
DriftWatch *drift_watch_free(DriftWatch *watch);
DEFINE_CLEANUP(DriftWatch, drift_watch_free);

bool drift_watch_names_writers(const DriftWatch *watch);
/* Readable when there is something for drift_watch_read(). */
int drift_watch_get_fd(const DriftWatch *watch);

/* Called for each file that is newly watched or was replaced: earlier writes to it were missed. */
typedef void (*DriftWatched)(const KnobId *id, void *userdata);

/* Watches these knobs, sorted by knob_id_compare() and each only once, and current_clocksource, and nothing else; what is watched
 * already costs a stat(2). A file that is not there is left out. 0, or the first -errno of a file that could not be watched
 * (-ENOSPC: fs.inotify.max_user_watches), or -ENOMEM with nothing changed. */
int drift_watch_set(DriftWatch *watch, const KnobId *ids, size_t n, DriftWatched watched, void *userdata);
/* The i-th knob that is watched; NULL behind the last. */
const KnobId *drift_watch_get(const DriftWatch *watch, size_t i);

/* `id` NULL: current_clocksource. The writer is never us, unless it is unknown. Valid during the call. */
typedef void (*DriftSeen)(const KnobId *id, const Writer *writer, void *userdata);

/* Takes what there is. Writers are looked up at once, since many end soon. 0; 1: some were lost, anything may have been written. */
int drift_watch_read(DriftWatch *watch, DriftSeen seen, void *userdata);
