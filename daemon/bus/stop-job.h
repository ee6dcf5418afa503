/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Asks systemd, when a stop is due, whether its job for our unit is a restart.
 */
#pragma once

#include "manager.h"

typedef struct StopJob StopJob;

/* Observes the manager and answers each MANAGER_CHANGED_STOPPING with manager_on_stop_job(), at once when systemd cannot be asked.
 * Opens a connection only then. 0 or -ENOMEM. Both manager and event outlive it. */
int stop_job_new(sd_event *event, Manager *manager, StopJob **ret);
/* Call it before the loop's last unref: a connection that is not ready would block sd-bus's exit handler for 90 s. */
StopJob *stop_job_free(StopJob *job);
DEFINE_CLEANUP(StopJob, stop_job_free);
