/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the manager does when one of its watches reports something.
 */
#include "base/log.h"
#include "host/clock-set.h"
#include "host/uevents.h"
#include "manager/clock-log.h"
#include "manager/manager-internal.h"
#include "model/clock-advice.h"

static ClockLog clock_log(const Manager *m, const char *vms)
{
        return (ClockLog) {
                .events = m->events,
                .clock = clock_watch_get_clock(m->clock),
                .microcode = m->facts.microcode,
                .vms = vms,
        };
}

static void manager_on_clock(const ClockChanges *changes, void *userdata)
{
        Manager *m = userdata;
        _cleanup_free_ char *vms = guest_watch_format(m->guests);
        ClockLog log = clock_log(m, vms);

        clock_log_changes(&log, changes);
        if ((changes->mask & CLOCK_CHANGED_VERDICT) && changes->old_verdict != log.clock->verdict &&
            log.clock->verdict == VERDICT_UNSTABLE) {
                free(m->vms_when_lost);
                m->vms_when_lost = TAKE_PTR(vms);
        }
        manager_on_clock_changed(m, changes);
}

static void manager_on_conviction(bool convicted, void *userdata)
{
        Manager *m = userdata;

        log_message(convicted ? LOG_WARNING : LOG_INFO,
                    convicted ? "tscwarden probe proved that CPUs' TSCs differ: `tscwarden status` says what to do." :
                                "tscwarden probe proves no more that CPUs' TSCs differ.");
        clock_watch_set_probe(m->clock, convicted);
}

int manager_start_clock(Manager *m)
{
        ClockView view;
        int r;

        clock_facts_fill(&m->clock_facts, &m->facts, NULL);
        r = clock_watch_new(m->event, &m->clock_facts, m->runtime_fd, manager_on_clock, m, &m->clock);
        if (r < 0)
                return r;
        /* Said once per boot: by the daemon that watched it, or by the first that came after. Which guests ran then nobody knows. */
        clock_get(clock_watch_get_clock(m->clock), &view);
        if (view.news) {
                ClockLog log = clock_log(m, "");

                clock_log_verdict(&log);
        }
        return conviction_watch_new(m->event, m->runtime_fd, manager_on_conviction, m, &m->conviction);
}

void manager_update_clock_facts(Manager *m)
{
        const unsigned dangers = 1U << ADVICE_DEEP_IDLE | 1U << ADVICE_MOVING_FREQUENCY;
        bool spare = manager_get_clock(m)->verdict == VERDICT_UNSTABLE || m->task.kind == TASK_RESTORE;

        clock_facts_fill(&m->clock_facts, &m->facts, &m->snapshot);
        /* What endangers a TSC is no news where it is lost, or as it stood before us. */
        m->advice = clock_log_advice(m->events, &m->clock_facts, spare ? ~dangers : ~0U, m->advice);
        clock_watch_on_facts_changed(m->clock);
}

static void log_sleep(Manager *m, uint64_t slept_usec)
{
        _cleanup_free_ char *vms = guest_watch_format(m->guests), *safe = vms ? text_escape(vms) : NULL;
        double slept = (double)slept_usec / 1e6;

        if (!vms_run(manager_get_vms(m)))
                log_message(LOG_NOTICE, "This host slept for %.1f s; the daemon checks its TSC and its policy again.",
                            slept);
        else
                log_message(
                        LOG_NOTICE,
                        "This host slept for %.1f s with virtual machines running%s%s; the daemon checks its TSC and "
                        "its policy again. If the sleep has set the TSC back (S3), KVM takes the master clock from each of these "
                        "virtual machines until it is started anew: it reads the time more slowly, and its ptp_kvm stops working.",
                        slept, safe && safe[0] ? ": " : "", safe ? safe : "");
}

static void manager_on_sleep(uint64_t slept_usec, void *userdata)
{
        Manager *m = userdata;

        if (slept_usec > 0)
                log_sleep(m, slept_usec);
        clock_watch_look(m->clock);
        manager_renew(m);
}

void manager_on_resume(Manager *m)
{
        sleep_watch_check(m->sleep);
}

int manager_start_sleep(Manager *m)
{
        int fd, r = clock_set_open(&fd);

        if (r < 0) {
                fd = -1;
                (void)log_error_errno(r,
                                      "Jumps of the clock cannot be noticed; only logind reports that this host slept");
        }
        return sleep_watch_new(m->event, fd, clock_asleep_usec, manager_on_sleep, m, &m->sleep);
}

const Vms *manager_get_vms(const Manager *m)
{
        return guest_watch_get_vms(m->guests);
}

const char *manager_get_vms_when_lost(const Manager *m)
{
        return m->vms_when_lost ? m->vms_when_lost : "";
}

static void manager_on_guests(bool presence_changed, void *userdata)
{
        Manager *m = userdata;

        manager_tell(m, MANAGER_CHANGED_LISTS);
        if (presence_changed && m->config.apply_when == APPLY_WHEN_GUESTS)
                manager_renew(m);
}

static bool manager_wants_drivers(void *userdata)
{
        Need halves = manager_halves(userdata);

        return halves.frequency || halves.idle;
}

static void manager_on_rescan(void *userdata)
{
        manager_renew(userdata);
}

static void manager_on_vm(const Uevent *uevent, void *userdata)
{
        Manager *m = userdata;

        guest_watch_feed(m->guests, uevent);
}

static int receive_uevent(void *source, Uevent *ret)
{
        return uevents_receive(source, ret);
}

int manager_start_hotplug(Manager *m)
{
        static const HotplugCallbacks callbacks = {
                .wants_drivers = manager_wants_drivers,
                .on_rescan = manager_on_rescan,
                .on_vm = manager_on_vm,
        };
        HotplugSource source = { .receive = receive_uevent };
        int r;

        m->start_usec = manager_now_usec();
        r = guest_watch_new(m->event, GUESTS_LEAVE_USEC, manager_on_guests, m, &m->guests);
        if (r < 0)
                return r;
        r = uevents_new(&m->uevents);
        if (r >= 0) {
                source.fd = uevents_get_fd(m->uevents);
                source.source = m->uevents;
                r = hotplug_watch_new(m->event, &source, &callbacks, m, &m->hotplug);
        }
        if (r < 0)
                (void)log_error_errno(
                        r, "The kernel does not report CPUs and drivers that come and go (netlink); after such a "
                           "change, systemctl reload tscwarden brings the policy into force");
        return 0;
}
