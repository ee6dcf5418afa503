/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Asks systemd, when the daemon has to stop, whether the job for its unit is a restart.
 */
#pragma once

#include <systemd/sd-bus.h>

#include "manager/manager.h"

typedef struct StopJob StopJob;

/* manager_on_stop_job() gets the answer. Uses a separate connection. Event and manager outlive it. 0, or -errno: nobody
 * can be asked. */
int stop_job_new(sd_event *event, Manager *manager, StopJob **ret);
StopJob *stop_job_free(StopJob *job);
DEFINE_CLEANUP(StopJob, stop_job_free);
