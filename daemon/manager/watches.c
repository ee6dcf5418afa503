/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "manager/watches.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "host/clock-set.h"
#include "host/config/config-store.h"
#include "host/uevents.h"
#include "host/vms.h"
#include "manager/clock-log.h"
#include "model/clock-view.h"
#include "model/clock-words.h"
#include "model/plan-types.h"
#include "model/uevent.h"
#include "watch/conviction.h"
#include "watch/drift-types.h"
#include "watch/hotplug.h"
#include "watch/sleep.h"

struct Watches {
        sd_event *event;
        Planner *planner;
        Apply *apply;
        ManagerTell tell;
        void *userdata;

        ClockWatch *clock;
        ConvictionWatch *conviction;
        DriftMonitor *drift;
        GuestWatch *guests;
        HotplugWatch *hotplug;
        SleepWatch *sleep;
        int uevents_fd; /* -1: none */
        char *vms_when_lost;
};

static void tell_view(Watches *w)
{
        w->tell(&(ManagerNews) { .change = MANAGER_CHANGED_VIEW }, w->userdata);
}

static ClockLog clock_log(const Watches *w, const char *vms)
{
        return (ClockLog) {
                .events = w->planner->events,
                .clock = clock_watch_get_clock(w->clock),
                .microcode = w->planner->facts.microcode,
                .vms = vms,
        };
}

static void on_clock(const ClockChanges *changes, void *userdata)
{
        Watches *w = userdata;
        _cleanup_free_ char *vms = guest_watch_format(w->guests);
        ClockLog log = clock_log(w, vms);

        clock_log_changes(&log, changes);
        if ((changes->mask & CLOCK_CHANGED_VERDICT) && changes->old_verdict != log.clock->verdict &&
            log.clock->verdict == VERDICT_UNSTABLE) {
                free(w->vms_when_lost);
                w->vms_when_lost = TAKE_PTR(vms);
        }
        if (changes->mask & (CLOCK_CHANGED_VERDICT | CLOCK_CHANGED_CLOCKSOURCE | CLOCK_CHANGED_DETAILS))
                w->tell(&(ManagerNews) { .change = MANAGER_CHANGED_CLOCK, .clock = changes }, w->userdata);
}

static void on_conviction(bool convicted, void *userdata)
{
        Watches *w = userdata;

        log_message(convicted ? LOG_WARNING : LOG_INFO,
                    convicted ?
                            "tscwarden probe proved that the TSCs of CPUs differ: `tscwarden status` says what to do." :
                            "The last tscwarden probe proved no difference between the TSCs of the CPUs.");
        clock_watch_set_probe(w->clock, convicted);
}

static int start_clock(Watches *w, int runtime_fd)
{
        ClockView view;
        int r;

        r = clock_watch_new(w->event, &w->planner->facts, runtime_fd, on_clock, w, &w->clock);
        if (r < 0)
                return r;
        w->planner->clock = w->clock;
        /* Logged once per boot: by the daemon that saw the loss, or by the first one after it. That one cannot know
         * which guests ran. */
        clock_get(clock_watch_get_clock(w->clock), &view);
        if (view.news) {
                ClockLog log = clock_log(w, "");

                clock_log_verdict(&log);
        }
        return conviction_watch_new(w->event, runtime_fd, on_conviction, w, &w->conviction);
}

static void log_sleep(Watches *w, uint64_t slept_usec)
{
        _cleanup_free_ char *vms = guest_watch_format(w->guests), *safe = vms ? text_escape(vms) : NULL;
        double slept = (double)slept_usec / 1e6;

        if (!vms_run(guest_watch_get_vms(w->guests)))
                log_message(LOG_NOTICE, "This host slept for %.1f s; the daemon checks its TSC and its policy again.",
                            slept);
        else
                log_message(
                        LOG_NOTICE,
                        "This host slept for %.1f s with virtual machines running%s%s; the daemon checks its TSC and "
                        "its policy again. If the sleep has reset the TSC (S3), KVM stops using its master clock for "
                        "these virtual machines until they are started anew: they read the time more slowly, and "
                        "their ptp_kvm stops working.",
                        slept, safe && safe[0] ? ": " : "", safe ? safe : "");
}

static void on_sleep(uint64_t slept_usec, void *userdata)
{
        Watches *w = userdata;

        if (slept_usec > 0)
                log_sleep(w, slept_usec);
        clock_watch_look(w->clock);
        apply_renew(w->apply, NULL, RESCAN_ANEW);
}

static int start_sleep(Watches *w)
{
        int fd, r = clock_set_open(&fd);

        if (r < 0) {
                fd = -1;
                (void)log_error_errno(r,
                                      "Jumps of the clock cannot be noticed; only logind reports that this host slept");
        }
        return sleep_watch_new(w->event, fd, clock_asleep_usec, on_sleep, w, &w->sleep);
}

static void on_guests(bool presence_changed, void *userdata)
{
        Watches *w = userdata;

        tell_view(w);
        if (presence_changed && w->planner->config.apply_when == APPLY_WHEN_GUESTS)
                apply_renew(w->apply, NULL, RESCAN_HOST);
}

static bool wants_drivers(void *userdata)
{
        const Watches *w = userdata;
        Halves halves = planner_wish(w->planner);

        return halves.frequency || halves.idle;
}

static void on_rescan(const CpuSet *cpus, RescanScope scope, void *userdata)
{
        Watches *w = userdata;

        apply_renew(w->apply, cpus, scope);
}

static void on_vm(const Uevent *uevent, void *userdata)
{
        Watches *w = userdata;

        guest_watch_feed(w->guests, uevent);
}

static int receive_uevent(void *source, Uevent *ret)
{
        const Watches *w = source;

        return uevents_receive(w->uevents_fd, ret);
}

static void start_hotplug(Watches *w)
{
        static const HotplugCallbacks callbacks = {
                .wants_drivers = wants_drivers,
                .on_rescan = on_rescan,
                .on_vm = on_vm,
        };
        HotplugSource source = { .receive = receive_uevent, .source = w };
        int r = uevents_open(&w->uevents_fd);

        if (r >= 0) {
                source.fd = w->uevents_fd;
                r = hotplug_watch_new(w->event, &source, &callbacks, w, &w->hotplug);
        }
        if (r < 0)
                (void)log_error_errno(
                        r, "The kernel cannot report CPUs and drivers that come or go (netlink); after such a change "
                           "run systemctl reload tscwarden to bring the policy into force");
}

static int on_read_host(Snapshot *ret, void *userdata)
{
        const Watches *w = userdata;

        return planner_read_cpus(w->planner, NULL, ret);
}

static int on_plan_for(const Snapshot *snapshot, const SnapshotPart *part, Plan *ret, void *userdata)
{
        const Watches *w = userdata;

        return planner_build(w->planner, NULL, snapshot, part, w->planner->in_force, ret);
}

static void on_repair_wanted(Snapshot *snapshot, Plan *plan, void *userdata)
{
        Watches *w = userdata;

        apply_repair(w->apply, snapshot, plan);
}

static void on_report(const DriftReport *report, void *userdata)
{
        Watches *w = userdata;

        w->tell(&(ManagerNews) { .change = MANAGER_CHANGED_DRIFT, .drift = report }, w->userdata);
}

static void on_contested(void *userdata)
{
        tell_view(userdata);
}

static void on_event(int level, const char *name, const char *message_id, const char *const *fields, const char *text,
                     const char *public_text, void *userdata)
{
        const Watches *w = userdata;

        events_log_public(w->planner->events, level, name, message_id, fields, text, public_text);
}

int watches_start(Watches *w, Apply *apply, int runtime_fd)
{
        int r;

        w->apply = apply;
        /* Before the host is read, so that no later change is missed. */
        start_hotplug(w);
        r = start_sleep(w);
        if (r < 0)
                return r;
        r = start_clock(w, runtime_fd);
        if (r < 0)
                return r;
        r = drift_start(w->drift, w->event);
        if (r < 0)
                return r;
        guest_watch_set_count(w->guests, vms_probe());
        return 0;
}

int watches_new(sd_event *event, Planner *planner, ManagerTell tell, void *userdata, Watches **ret)
{
        static const DriftCallbacks callbacks = {
                .read_host = on_read_host,
                .plan_for = on_plan_for,
                .on_repair_wanted = on_repair_wanted,
                .on_report = on_report,
                .on_contested = on_contested,
                .on_event = on_event,
        };
        _cleanup_(watches_freep) Watches *w = malloc(sizeof(*w));
        int r;

        if (!w)
                return -ENOMEM;
        *w = (Watches) { .event = event, .planner = planner, .tell = tell, .userdata = userdata, .uevents_fd = -1 };
        r = guest_watch_new(event, GUESTS_LEAVE_USEC, on_guests, w, &w->guests);
        if (r < 0)
                return r;
        r = drift_monitor_new(planner->ops, planner->ops_userdata, &callbacks, w, &w->drift);
        if (r < 0)
                return r;
        planner->guests = w->guests;
        *ret = TAKE_PTR(w);
        return 0;
}

Watches *watches_free(Watches *w)
{
        if (!w)
                return NULL;
        hotplug_watch_free(w->hotplug);
        if (w->uevents_fd >= 0)
                close(w->uevents_fd);
        guest_watch_free(w->guests);
        sleep_watch_free(w->sleep);
        conviction_watch_free(w->conviction);
        clock_watch_free(w->clock);
        drift_monitor_free(w->drift);
        free(w->vms_when_lost);
        free(w);
        return NULL;
}

DriftMonitor *watches_get_drift(const Watches *w)
{
        return w->drift;
}

void watches_check_sleep(Watches *w)
{
        sleep_watch_check(w->sleep);
}

void watches_show(const Watches *w, ManagerView *view)
{
        view->clock = clock_watch_get_clock(w->clock);
        view->clocksource_changes = clock_watch_get_clocksource_changes(w->clock);
        view->witness = clock_watch_get_witness(w->clock);
        view->contested_cpus = drift_get_contested_cpus(w->drift);
        view->drift_counts = drift_get_counts(w->drift);
        view->vms = guest_watch_get_vms(w->guests);
        view->vms_when_lost = w->vms_when_lost ? w->vms_when_lost : "";
}
