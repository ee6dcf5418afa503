/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "manager/planner.h"

#include "base/log.h"
#include "host/config/config-store.h"
#include "host/cpu-reading.h"
#include "host/facts.h"
#include "manager/clock-log.h"
#include "manager/wish.h"
#include "model/clock-facts.h"
#include "model/clock-advice.h"
#include "model/clock-words.h"
#include "model/plan-types.h"
#include "model/policy.h"
#include "model/snapshot-part.h"

/* So many CPUs and domains are read between two looks at the event loop: 2 to 3 ms. */
#define READ_SLICE 32

void planner_done(Planner *p)
{
        kept_originals_done(&p->originals);
        facts_done(&p->facts);
        config_done(&p->config);
}

int planner_read_facts(Planner *p)
{
        Facts facts = {};
        int r = facts_read(&facts);

        if (r < 0)
                return log_error_errno(r, "Cannot read what this host is (/proc/cpuinfo, /proc/cmdline)");
        facts_done(&p->facts);
        p->facts = facts;
        p->facts_unused = true;
        return 0;
}

int planner_read_cpus(const Planner *p, const Policy *policy, Snapshot *ret)
{
        int r = p->ops->enumerate(p->ops_userdata, ret);

        if (r < 0)
                return r;
        cpu_read_energy(p->ops, p->ops_userdata, policy ? policy : &p->config.policy, &p->originals.values, ret);
        return 0;
}

int planner_read_some(const Planner *p, const Policy *policy, CpuReading *reading)
{
        int r = p->ops->read_some(p->ops_userdata, reading, READ_SLICE);

        if (r != 0)
                return r;
        cpu_read_energy(p->ops, p->ops_userdata, policy ? policy : &p->config.policy, &p->originals.values,
                        &reading->snapshot);
        return 0;
}

int planner_read_part(const Planner *p, SnapshotPart *part, Snapshot *snapshot)
{
        _cleanup_snapshot_ Snapshot read = {};
        int r = p->ops->read_part(p->ops_userdata, part, &read);

        if (r < 0)
                return r;
        cpu_read_energy(p->ops, p->ops_userdata, &p->config.policy, &p->originals.values, &read);
        return snapshot_merge(snapshot, part, &read);
}

int planner_read_host(Planner *p, const Policy *policy, CpuReading *reading)
{
        int r = 0;

        /* The first task uses the facts that were read at the start. Reading /proc/cpuinfo is expensive: in many
         * kernels, opening it asks each CPU for its frequency (arch/x86/kernel/cpu/aperfmperf.c
         * arch_freq_prepare_all). */
        if (!reading->begun && !p->facts_unused)
                r = planner_read_facts(p);
        p->facts_unused = false;
        if (r < 0)
                return r;
        r = planner_read_some(p, policy, reading);
        if (r < 0)
                return log_error_errno(r, "Cannot read /sys/devices/system/cpu");
        /* The clock looks at the facts whenever the kernel logs a line. */
        if (r == 0)
                clock_facts_add_snapshot(&p->facts, &reading->snapshot);
        return r;
}

Halves planner_wish(const Planner *p)
{
        return wish_now(&p->config, &p->facts, p->guests);
}

/* The clock watch may know that the TSC is lost before the facts were read again. */
bool planner_tsc_is_fragile(const Planner *p)
{
        return facts_tsc_is_fragile(&p->facts) && clock_watch_get_clock(p->clock)->verdict != VERDICT_UNSTABLE;
}

bool planner_tsc_has_died(void)
{
        _cleanup_facts_ Facts facts = {};

        return facts_read(&facts) == 0 && !facts_tsc_is_fragile(&facts);
}

int planner_build(const Planner *p, const Policy *policy, const Snapshot *snapshot, const SnapshotPart *part,
                  Halves halves, Plan *ret)
{
        PlanInput input = {
                .snapshot = snapshot,
                .policy = policy ? policy : &p->config.policy,
                .originals = &p->originals.values,
                .part = part,
                .halves = halves,
                .fragile_tsc = planner_tsc_is_fragile(p),
        };

        return plan_build(&input, ret);
}

void planner_update_clock(Planner *p, const Snapshot *snapshot, bool dangers)
{
        const unsigned of_danger = 1U << ADVICE_DEEP_IDLE | 1U << ADVICE_MOVING_FREQUENCY;

        clock_facts_add_snapshot(&p->facts, snapshot);
        /* What endangers the TSC no longer matters once it is lost. */
        dangers = dangers && clock_watch_get_clock(p->clock)->verdict != VERDICT_UNSTABLE;
        p->advice = clock_log_advice(p->events, &p->facts, dangers ? ~0U : ~of_danger, p->advice);
        clock_watch_on_facts_changed(p->clock);
}
