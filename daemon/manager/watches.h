/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the daemon does when one of the watches reports something: a line in the journal, a task, news for the
 * observer.
 */
#pragma once

#include <systemd/sd-event.h>

#include "base/macro.h"
#include "manager/apply.h"
#include "manager/planner.h"
#include "manager/view.h"
#include "watch/drift-types.h"
#include "watch/drift.h"

typedef struct Watches Watches;

/* Makes those watches that do not need the facts, and gives the planner its guests. `planner` outlives them. 0, -ENOMEM
 * or -errno of sd-event. */
int watches_new(sd_event *event, Planner *planner, ManagerTell tell, void *userdata, Watches **ret);
/* `w` may be NULL. */
Watches *watches_free(Watches *w);
DEFINE_CLEANUP(Watches, watches_free);

/* Begins to listen, and gives the planner its clock; the facts must have been read. `apply` outlives the watches. What
 * the kernel cannot report is logged and is no error. 0 or -errno. */
int watches_start(Watches *w, Apply *apply, int runtime_fd);

DriftMonitor *watches_get_drift(const Watches *w);
/* Somebody reports that the host slept. */
void watches_check_sleep(Watches *w);
/* Fills in what the watches know: clock, drift and virtual machines. */
void watches_show(const Watches *w, ManagerView *view);
