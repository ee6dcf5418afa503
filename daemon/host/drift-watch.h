/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Reports which program wrote to a knob or to current_clocksource. Uses fanotify(7), which needs CAP_SYS_ADMIN;
 * otherwise inotify(7), which does not know the writer. Changes by the kernel itself are not reported.
 * watch/drift-judge.c judges each write.
 */
#pragma once

#include <sys/types.h>

#include "base/macro.h"
#include "model/knob.h"
#include "model/snapshot-part.h"
#include "model/writer.h"

typedef struct DriftWatch DriftWatch;

/* A descriptor of fanotify; -1: not allowed, or not there. Only this call takes CAP_SYS_ADMIN: what the group was made
 * with decides what it reports later (tried on Linux 6.1 and 6.18). */
int drift_watch_open_fanotify(void);

/* Takes over `fanotify`, on failure too; -1: inotify instead. `self` is the process whose writes are not reported. 0,
 * -ENOMEM, or -errno of inotify_init1(2): neither is available. */
int drift_watch_new(int fanotify, pid_t self, DriftWatch **ret);
DriftWatch *drift_watch_free(DriftWatch *watch);
DEFINE_CLEANUP(DriftWatch, drift_watch_free);

bool drift_watch_names_writers(const DriftWatch *watch);
/* Readable when there is something for drift_watch_read(). */
int drift_watch_get_fd(const DriftWatch *watch);

/* Begins to watch these knobs, sorted by knob_id_compare() and each only once, and current_clocksource. With `part` all
 * of them are of it, and those outside of it stay watched; without, nothing else will be watched. To be followed by
 * drift_watch_go_on(), or by another drift_watch_set() that takes its place. 0, or -ENOMEM with nothing changed. */
int drift_watch_set(DriftWatch *watch, const KnobId *ids, size_t n, const SnapshotPart *part);

/* Called for each file that is newly watched or was replaced; earlier writes to it may have been missed. */
typedef void (*DriftWatched)(const KnobId *id, void *userdata);

/* Goes on with at most `n` of these knobs. Checks with one stat(2) for each that is already watched whether its file
 * was replaced. A file that does not exist is skipped. 1: there is more to do; 0: all are watched; or -ENOMEM or the
 * first -errno of a file that could not be watched (-ENOSPC: fs.inotify.max_user_watches), once the others are. */
int drift_watch_go_on(DriftWatch *watch, size_t n, DriftWatched watched, void *userdata);
/* Whether the file of this knob is not watched, or is a new one since drift_watch_go_on(): the kernel made it anew. */
bool drift_watch_is_replaced(const DriftWatch *watch, const KnobId *id);
/* The i-th knob that is watched; NULL beyond the last. */
const KnobId *drift_watch_get(const DriftWatch *watch, size_t i);

/* `id` NULL: current_clocksource. Writes by `self` are left out if the writer is known (fanotify); inotify
 * reports them too. The arguments are valid during the call. */
typedef void (*DriftSeen)(const KnobId *id, const Writer *writer, void *userdata);

/* Reads all waiting events. Writers are looked up at once, because many end soon. 0; 1: events were lost, and any knob
 * may have been written. */
int drift_watch_read(DriftWatch *watch, DriftSeen seen, void *userdata);
