/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "watch/hotplug.h"

#include <errno.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/time.h"
#include "model/rescan.h"
#include "watch/source.h"

/* At most so many events in one turn of the event loop, so that a burst does not delay the answer to the service
 * watchdog. */
#define UEVENTS_BATCH 256

struct HotplugWatch {
        HotplugSource from;
        const HotplugCallbacks *callbacks;
        void *userdata;
        sd_event_source *source, *timer;
        Rescan rescan;
        CpuSet cpus; /* that came or went since the last look */
        RescanScope scope;
};

static void hotplug_arm_timer(HotplugWatch *watch)
{
        (void)source_arm(watch->timer, rescan_deadline(&watch->rescan));
}

static void hotplug_ask(HotplugWatch *watch, RescanScope scope)
{
        if (scope > watch->scope)
                watch->scope = scope;
        rescan_ask(&watch->rescan, time_usec(CLOCK_MONOTONIC), scope > RESCAN_CPUS);
        hotplug_arm_timer(watch);
}

static void hotplug_on_uevent(HotplugWatch *watch, const Uevent *uevent)
{
        switch (uevent->kind) {
        case UEVENT_CPU:
                log_message(LOG_DEBUG, "CPU %u came or went; the daemon will look at the host again.", uevent->cpu);
                if (cpuset_add(&watch->cpus, uevent->cpu) < 0)
                        watch->scope = RESCAN_ANEW;
                hotplug_ask(watch, RESCAN_CPUS);
                break;
        case UEVENT_MODULE:
                if (watch->callbacks->wants_drivers(watch->userdata))
                        hotplug_ask(watch, RESCAN_HOST);
                break;
        case UEVENT_KVM_CREATE:
        case UEVENT_KVM_DESTROY:
                watch->callbacks->on_vm(uevent, watch->userdata);
                break;
        }
}

static int hotplug_on_readable(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
        HotplugWatch *watch = userdata;

        for (unsigned n = 0; n < UEVENTS_BATCH; n++) {
                Uevent uevent;
                int r = watch->from.receive(watch->from.source, &uevent);

                if (r == -EAGAIN)
                        break;
                if (r > 0)
                        hotplug_on_uevent(watch, &uevent);
                if (r >= 0)
                        continue;
                /* Most likely the socket overflowed. The lost events may have been of any kind. */
                log_message(LOG_DEBUG, "Events of the kernel were lost; the daemon will look at the host again.");
                hotplug_ask(watch, RESCAN_ANEW);
                watch->callbacks->on_vm(NULL, watch->userdata);
        }
        return 0;
}

static int hotplug_on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
        HotplugWatch *watch = userdata;
        bool due = rescan_take(&watch->rescan, time_usec(CLOCK_MONOTONIC));

        hotplug_arm_timer(watch);
        if (!due)
                return 0;
        watch->callbacks->on_rescan(&watch->cpus, watch->scope, watch->userdata);
        cpuset_done(&watch->cpus);
        /* The second look after a module is one at the whole host as well. */
        if (rescan_deadline(&watch->rescan) == RESCAN_NEVER)
                watch->scope = RESCAN_CPUS;
        return 0;
}

int hotplug_watch_new(sd_event *event, const HotplugSource *source, const HotplugCallbacks *callbacks, void *userdata,
                      HotplugWatch **ret)
{
        _cleanup_(hotplug_watch_freep) HotplugWatch *watch = malloc(sizeof(*watch));
        int r;

        if (!watch)
                return -ENOMEM;
        *watch = (HotplugWatch) { .from = *source, .callbacks = callbacks, .userdata = userdata };
        r = source_add_timer(event, &watch->timer, 1000, hotplug_on_timer, watch, "rescan");
        if (r < 0)
                return r;
        r = source_add_readable(event, &watch->source, source->fd, hotplug_on_readable, watch, "uevents");
        if (r < 0)
                return r;
        *ret = TAKE_PTR(watch);
        return 0;
}

HotplugWatch *hotplug_watch_free(HotplugWatch *watch)
{
        if (!watch)
                return NULL;
        sd_event_source_disable_unref(watch->timer);
        sd_event_source_disable_unref(watch->source);
        cpuset_done(&watch->cpus);
        free(watch);
        return NULL;
}
