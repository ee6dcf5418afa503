/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bus/stop-job.h"

#include <errno.h>
#include <string.h>
#include <systemd/sd-bus.h>
#include <systemd/sd-login.h>

#define SYSTEM_BUS_DEFAULT "unix:path=/run/dbus/system_bus_socket"

struct StopJob {
        sd_event *event;
        Manager *manager;
        sd_bus *bus;
        char *unit; /* ours */
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

static int stop_job_ask(StopJob *job)
{
        const char *address = getenv("DBUS_SYSTEM_BUS_ADDRESS");
        int r;

        /* Not started by systemd: nobody to ask. */
        r = sd_pid_get_unit(0, &job->unit);
        if (r < 0)
                return r;
        r = sd_bus_new(&job->bus);
        if (r >= 0)
                r = sd_bus_set_address(job->bus, address ? address : SYSTEM_BUS_DEFAULT);
        if (r >= 0)
                r = sd_bus_set_bus_client(job->bus, 1);
        /* Closing at exit means flushing, and that waits 90 s for a bus that does not answer. */
        if (r >= 0)
                r = sd_bus_set_close_on_exit(job->bus, 0);
        if (r >= 0)
                r = sd_bus_start(job->bus);
        if (r >= 0)
                r = sd_bus_attach_event(job->bus, job->event, SD_EVENT_PRIORITY_NORMAL);
        if (r >= 0)
                r = sd_bus_call_method_async(job->bus, NULL, "org.freedesktop.systemd1", "/org/freedesktop/systemd1",
                                             "org.freedesktop.systemd1.Manager", "ListJobs", stop_job_on_reply, job, "");
        return r;
}

static void stop_job_on_change(Manager *manager, unsigned changes, void *userdata)
{
        StopJob *job = userdata;

        if ((changes & MANAGER_CHANGED_STOPPING) && stop_job_ask(job) < 0)
                manager_on_stop_job(manager, false);
}

int stop_job_new(sd_event *event, Manager *manager, StopJob **ret)
{
        StopJob *job = malloc(sizeof(*job));

        if (!job)
                return -ENOMEM;
        *job = (StopJob) { .event = sd_event_ref(event), .manager = manager };
        manager_set_observer(manager, stop_job_on_change, job);
        *ret = job;
        return 0;
}

StopJob *stop_job_free(StopJob *job)
{
        manager_set_observer(job->manager, NULL, NULL);
        if (job->bus) {
                (void)sd_bus_detach_event(job->bus);
                sd_bus_close_unref(job->bus);
        }
        sd_event_unref(job->event);
        free(job->unit);
        free(job);
        return NULL;
}
