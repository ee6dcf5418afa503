/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Notices that CPUs, drivers (by way of their modules) and KVM's virtual machines come and go. CPUs and drivers are answered by one
 * look at the whole host for all that comes together (model/rescan.h).
 */
#pragma once

#include <stdbool.h>
#include <systemd/sd-event.h>

#include "base/macro.h"
#include "model/uevent.h"

typedef struct HotplugWatch HotplugWatch;

/* Where the events come from: `receive` is uevents_receive(), with 1 for an event of ours, 0 for another one, -EAGAIN for none now,
 * another -errno when events were lost. */
typedef struct HotplugSource {
        int fd;
        int (*receive)(void *source, Uevent *ret);
        void *source;
} HotplugSource;

typedef struct HotplugCallbacks {
        /* A module came: whether the policy could need a driver from it. */
        bool (*wants_drivers)(void *userdata);
        /* CPUs or drivers came or went: it is time to look at the host. */
        void (*on_rescan)(void *userdata);
        /* An event of KVM; NULL: events were lost, perhaps some of KVM's. */
        void (*on_vm)(const Uevent *uevent, void *userdata);
} HotplugCallbacks;

/* `source` and what it points to outlive the watch, `callbacks` too. 0 or -errno. */
int hotplug_watch_new(sd_event *event, const HotplugSource *source, const HotplugCallbacks *callbacks, void *userdata,
                      HotplugWatch **ret);
/* NULL is allowed. */
HotplugWatch *hotplug_watch_free(HotplugWatch *watch);
DEFINE_CLEANUP(HotplugWatch, hotplug_watch_free);
