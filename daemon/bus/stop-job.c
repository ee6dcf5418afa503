/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bus/stop-job.h"

#include <errno.h>
#include <string.h>
#include <systemd/sd-login.h>

#include "bus/bus-connection.h"

struct StopJob {
        Manager *manager;
        sd_bus *connection; /* a separate connection, because the daemon's may be full of other callers' messages */
        sd_bus_slot *slot;
        char *unit; /* the daemon's own unit */
};

/* Whether a(usssoo) of ListJobs has a restart of `unit`: id, unit, type, state, job path, unit path. */
static int reply_has_restart(sd_bus_message *reply, const char *unit)
{
        const char *name, *type;
        int r = sd_bus_message_enter_container(reply, 'a', "(usssoo)");

        while (r > 0) {
                r = sd_bus_message_read(reply, "(usssoo)", NULL, &name, &type, NULL, NULL, NULL);
                if (r > 0 && strcmp(name, unit) == 0 &&
                    (strcmp(type, "restart") == 0 || strcmp(type, "try-restart") == 0))
                        return 1;
        }
        return r;
}

static int stop_job_on_reply(sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        StopJob *job = userdata;
        bool restart = !sd_bus_message_is_method_error(reply, NULL) && reply_has_restart(reply, job->unit) > 0;

        manager_on_stop_job(job->manager, restart);
        return 0;
}

static int stop_job_connect(StopJob *job, sd_event *event)
{
        int r;

        r = bus_open_system(&job->connection);
        if (r < 0)
                return r;
        r = sd_bus_start(job->connection);
        if (r < 0)
                return r;
        return sd_bus_attach_event(job->connection, event, SD_EVENT_PRIORITY_IMPORTANT);
}

static int stop_job_ask(StopJob *job, sd_event *event)
{
        int r;

        r = sd_pid_get_unit(0, &job->unit);
        /* systemd has not started this process, so nobody can be asked. */
        if (r < 0)
                return r;
        r = stop_job_connect(job, event);
        if (r < 0)
                return r;
        return sd_bus_call_method_async(job->connection, &job->slot, "org.freedesktop.systemd1",
                                        "/org/freedesktop/systemd1", "org.freedesktop.systemd1.Manager", "ListJobs",
                                        stop_job_on_reply, job, "");
}

int stop_job_new(sd_event *event, Manager *manager, StopJob **ret)
{
        _cleanup_(stop_job_freep) StopJob *job = malloc(sizeof(*job));
        int r;

        if (!job)
                return -ENOMEM;
        *job = (StopJob) { .manager = manager };
        r = stop_job_ask(job, event);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(job);
        return 0;
}

StopJob *stop_job_free(StopJob *job)
{
        sd_bus_slot_unref(job->slot);
        if (job->connection) {
                (void)sd_bus_detach_event(job->connection);
                sd_bus_close_unref(job->connection);
        }
        free(job->unit);
        free(job);
        return NULL;
}
