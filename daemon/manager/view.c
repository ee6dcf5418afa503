/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What others ask the manager: its state, and a look at the host on demand.
 */
#include <malloc.h>

#include "base/log.h"
#include "base/time.h"
#include "manager/manager-internal.h"

#define LOOK_AGAIN_USEC 1000000

uint64_t manager_now_usec(void)
{
        return time_usec(CLOCK_MONOTONIC);
}

PolicyState manager_get_state(const Manager *m)
{
        return m->state;
}

const char *manager_get_state_reason(const Manager *m)
{
        if (m->state_reason)
                return m->state_reason;
        /* Nothing was judged yet, or there was no memory for the reason. */
        return m->state == POLICY_STATE_WAITING ? "" : "Out of memory: the reason is not known.";
}

const Facts *manager_get_facts(const Manager *m)
{
        return &m->facts;
}

const Config *manager_get_config(const Manager *m)
{
        return &m->config;
}

const Clock *manager_get_clock(const Manager *m)
{
        return clock_watch_get_clock(m->clock);
}

const ClockFacts *manager_get_clock_facts(const Manager *m)
{
        return &m->clock_facts;
}

uint64_t manager_get_clocksource_changes(const Manager *m)
{
        return clock_watch_get_clocksource_changes(m->clock);
}

const char *manager_get_witness(const Manager *m)
{
        return clock_watch_get_witness(m->clock);
}

uint64_t manager_get_applied_usec(const Manager *m)
{
        return m->applied_usec;
}

const CpuSet *manager_get_present_cpus(const Manager *m)
{
        return &m->present_cpus;
}

const CpuSet *manager_get_managed_cpus(const Manager *m)
{
        return &m->managed_cpus;
}

const CpuSet *manager_get_degraded_cpus(const Manager *m)
{
        return &m->degraded_cpus;
}

const Findings *manager_get_findings(const Manager *m)
{
        return &m->findings;
}

void manager_forget_look(Manager *m)
{
        plan_done(&m->look.plan);
        snapshot_done(&m->look.snapshot);
        m->look = (ManagerLook) {};
}

static int on_look_is_old(sd_event_source *source, uint64_t usec, void *userdata)
{
        manager_forget_look(userdata);
        (void)malloc_trim(0);
        return 0;
}

/* Of 4096 CPUs it takes three megabytes. Without a timer it is kept until the next task. */
static void forget_look_later(Manager *m)
{
        if (!m->look_timer && sd_event_add_time(m->event, &m->look_timer, CLOCK_MONOTONIC, 0, 0, on_look_is_old, m) < 0)
                return;
        (void)sd_event_source_set_description(m->look_timer, "look");
        (void)sd_event_source_set_time_relative(m->look_timer, LOOK_AGAIN_USEC);
        (void)sd_event_source_set_enabled(m->look_timer, SD_EVENT_ONESHOT);
}

const ManagerLook *manager_look(Manager *m)
{
        uint64_t now;

        /* The time the event loop woke up: one answer about 4096 CPUs is made of one look, however long it takes. */
        (void)sd_event_now(m->event, CLOCK_MONOTONIC, &now);
        if (m->look.usec > 0 && now < m->look.usec + LOOK_AGAIN_USEC)
                return &m->look;
        manager_forget_look(m);
        if (m->ops->enumerate(m->ops_userdata, &m->look.snapshot) < 0)
                return NULL;
        cpu_read_energy(m->ops, m->ops_userdata, &m->config.policy, &m->originals, &m->look.snapshot);
        if (manager_build_plan(m, &m->config.policy, &m->look.snapshot, manager_halves(m), &m->look.plan) < 0) {
                manager_forget_look(m);
                return NULL;
        }
        m->look.usec = manager_now_usec();
        forget_look_later(m);
        return &m->look;
}

const Event *manager_get_event(const Manager *m, unsigned i)
{
        return events_get(m->events, i);
}

void manager_done_view(Manager *m)
{
        manager_forget_look(m);
        m->look_timer = sd_event_source_disable_unref(m->look_timer);
        findings_done(&m->findings);
        cpuset_done(&m->present_cpus);
        cpuset_done(&m->managed_cpus);
        cpuset_done(&m->degraded_cpus);
}
