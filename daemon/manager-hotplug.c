/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What comes and goes: CPUs, and drivers by way of their modules. Each is answered by looking at the whole host again, once for all
 * that comes together.
 */
#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "host/uevents.h"
#include "manager/manager-internal.h"
#include "model/rescan.h"

/* Between two looks at the event loop, so that a storm does not starve the service watchdog. */
#define UEVENTS_BATCH 256

struct ManagerHotplug {
        Uevents *uevents;
        sd_event_source *source, *timer;
        Rescan rescan;
        uint64_t start_usec;
        Need waiting; /* the halves that had no driver when the policy was last applied */
        bool told;    /* for how long */
};

static void hotplug_ask(Manager *m, bool later)
{
        ManagerHotplug *hotplug = m->hotplug;

        rescan_ask(&hotplug->rescan, manager_now_usec(), later);
        (void)sd_event_source_set_time(hotplug->timer, rescan_deadline(&hotplug->rescan));
        (void)sd_event_source_set_enabled(hotplug->timer, SD_EVENT_ONESHOT);
}

static void hotplug_on_uevent(Manager *m, const Uevent *uevent)
{
        Need halves = manager_halves(m);

        switch (uevent->kind) {
        case UEVENT_CPU:
                hotplug_ask(m, false);
                break;
        case UEVENT_MODULE:
                if (halves.frequency || halves.idle)
                        hotplug_ask(m, true);
                break;
        case UEVENT_KVM_CREATE:
        case UEVENT_KVM_DESTROY:
                manager_on_vm(m, uevent);
                break;
        }
}

static int hotplug_on_readable(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
        Manager *m = userdata;

        for (unsigned n = 0; n < UEVENTS_BATCH; n++) {
                Uevent uevent;
                int r = uevents_receive(m->hotplug->uevents, &uevent);

                if (r == -EAGAIN)
                        break;
                /* Lost, by an overflow most likely: it may have been anything. */
                if (r < 0) {
                        hotplug_ask(m, true);
                        manager_on_vm_events_lost(m);
                } else if (r > 0)
                        hotplug_on_uevent(m, &uevent);
        }
        return 0;
}

static int hotplug_on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
        Manager *m = userdata;
        Rescan *rescan = &m->hotplug->rescan;
        bool due = rescan_take(rescan, manager_now_usec());

        if (rescan_deadline(rescan) != RESCAN_NEVER) {
                (void)sd_event_source_set_time(source, rescan_deadline(rescan));
                (void)sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
        }
        if (due)
                manager_renew(m);
        return 0;
}

static int hotplug_listen(Manager *m)
{
        ManagerHotplug *hotplug = m->hotplug;
        int r = uevents_new(&hotplug->uevents);

        if (r >= 0)
                r = sd_event_add_io(m->event, &hotplug->source, uevents_get_fd(hotplug->uevents), EPOLLIN,
                                    hotplug_on_readable, m);
        return r < 0 ? r : sd_event_source_set_description(hotplug->source, "uevents");
}

int manager_start_hotplug(Manager *m)
{
        ManagerHotplug *hotplug = calloc(1, sizeof(*hotplug));
        int r;

        if (!hotplug)
                return -ENOMEM;
        m->hotplug = hotplug;
        hotplug->start_usec = manager_now_usec();
        r = sd_event_add_time(m->event, &hotplug->timer, CLOCK_MONOTONIC, 0, 1000, hotplug_on_timer, m);
        if (r >= 0)
                r = sd_event_source_set_enabled(hotplug->timer, SD_EVENT_OFF);
        if (r >= 0)
                r = sd_event_source_set_description(hotplug->timer, "rescan");
        if (r < 0)
                return r;
        r = hotplug_listen(m);
        if (r < 0)
                (void)log_error_errno(r, "The kernel does not tell of CPUs and drivers that come and go (netlink); after such a "
                                      "change, systemctl reload tscwarden brings the policy into force");
        return 0;
}

void manager_stop_hotplug(Manager *m)
{
        if (!m->hotplug)
                return;
        sd_event_source_disable_unref(m->hotplug->timer);
        sd_event_source_disable_unref(m->hotplug->source);
        if (m->hotplug->uevents)
                uevents_free(m->hotplug->uevents);
        free(m->hotplug);
        m->hotplug = NULL;
}

static Need findings_waiting_halves(const Findings *findings)
{
        Need waiting = {};

        for (unsigned i = 0; i < findings->n; i++) {
                waiting.frequency = waiting.frequency || findings->entries[i].kind == FINDING_NO_CPUFREQ;
                waiting.idle = waiting.idle || findings->entries[i].kind == FINDING_NO_CPUIDLE;
        }
        return waiting;
}

void manager_note_late_driver(Manager *m)
{
        ManagerHotplug *hotplug = m->hotplug;
        Need before = hotplug->waiting, now = findings_waiting_halves(&m->findings);
        bool frequency = before.frequency && !now.frequency && m->halves.frequency;
        bool idle = before.idle && !now.idle && m->halves.idle;
        double usec = (double)manager_now_usec();

        hotplug->waiting = now;
        if (hotplug->told || (!frequency && !idle))
                return;
        hotplug->told = true;
        log_message(LOG_NOTICE, "This host ran without its %s policy until the driver came: %.1f s from the boot, %.1f s from this "
                    "daemon's start.", frequency && idle ? "frequency and idle" : frequency ? "frequency" : "idle", usec / 1e6,
                    (usec - (double)hotplug->start_usec) / 1e6);
}
