/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Notices when CPUs, drivers (through their modules) and KVM's virtual machines come and go. After several changes of
 * CPUs and drivers the host is read once (model/rescan.h).
 */
#pragma once

#include <stdbool.h>
#include <systemd/sd-event.h>

#include "base/cpuset.h"
#include "base/macro.h"
#include "model/rescan.h"
#include "model/uevent.h"

typedef struct HotplugWatch HotplugWatch;

/* Where the events come from. `receive` is uevents_receive(): 1 for an event that concerns us, 0 for another one,
 * -EAGAIN for none now, another -errno when events were lost. */
typedef struct HotplugSource {
        int fd;
        int (*receive)(void *source, Uevent *ret);
        void *source;
} HotplugSource;

typedef struct HotplugCallbacks {
        /* A module was loaded: could the policy need a driver from it? */
        bool (*wants_drivers)(void *userdata);
        /* The host should be read now: these CPUs came or went, and whatever `scope` says may have changed. */
        void (*on_rescan)(const CpuSet *cpus, RescanScope scope, void *userdata);
        /* An event of KVM; NULL: events were lost, and some may have been KVM's. */
        void (*on_vm)(const Uevent *uevent, void *userdata);
} HotplugCallbacks;

/* `source`, what it points to, and `callbacks` outlive the watch. 0 or -errno. */
int hotplug_watch_new(sd_event *event, const HotplugSource *source, const HotplugCallbacks *callbacks, void *userdata,
                      HotplugWatch **ret);
/* `watch` may be NULL. */
HotplugWatch *hotplug_watch_free(HotplugWatch *watch);
DEFINE_CLEANUP(HotplugWatch, hotplug_watch_free);
