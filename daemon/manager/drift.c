/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Answers the monitor of drift, and names the units that may cause drift.
 */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "manager/manager-internal.h"

static int on_read_host(Snapshot *ret, void *userdata)
{
        Manager *m = userdata;
        int r = m->ops->enumerate(m->ops_userdata, ret);

        if (r < 0)
                return r;
        cpu_read_energy(m->ops, m->ops_userdata, &m->config.policy, &m->originals, ret);
        return 0;
}

static int on_plan_for(const Snapshot *snapshot, Plan *ret, void *userdata)
{
        Manager *m = userdata;

        return manager_build_plan(m, &m->config.policy, snapshot, m->halves, ret);
}

static void on_repair_wanted(Snapshot *snapshot, Plan *plan, void *userdata)
{
        manager_begin_repair(userdata, snapshot, plan);
}

static void on_report(const DriftReport *report, void *userdata)
{
        manager_tell_drift(userdata, report);
}

static void on_contested(void *userdata)
{
        manager_tell(userdata, MANAGER_CHANGED_LISTS);
}

static void on_event(int level, const char *name, const char *message_id, const char *const *fields, const char *text,
                     const char *told, void *userdata)
{
        Manager *m = userdata;

        events_log_told(m->events, level, name, message_id, fields, text, told);
}

int manager_new_drift(Manager *m)
{
        static const DriftCallbacks callbacks = {
                .read_host = on_read_host,
                .plan_for = on_plan_for,
                .on_repair_wanted = on_repair_wanted,
                .on_report = on_report,
                .on_contested = on_contested,
                .on_event = on_event,
        };

        return drift_monitor_new(m->ops, m->ops_userdata, &callbacks, m, &m->drift);
}

uint64_t manager_get_drift_count(const Manager *m, Knob knob)
{
        return drift_get_count(m->drift, knob);
}

const CpuSet *manager_get_contested_cpus(const Manager *m)
{
        return drift_get_contested_cpus(m->drift);
}

bool manager_has_drifted(const Manager *m, const KnobId *id)
{
        return drift_is_left(m->drift, id);
}

char *manager_contest_format(const Manager *m, unsigned cpu)
{
        return drift_format_contest(m->drift, cpu);
}

void manager_free_rivals(Manager *m)
{
        for (char **rival = m->rivals; rival && *rival; rival++)
                free(*rival);
        free(m->rivals);
        m->rivals = NULL;
}

static const char *list_separator(char *const *list, size_t i)
{
        if (i == 0)
                return "";
        return list[i + 1] ? ", " : " and ";
}

void manager_tell_rivals(Manager *m)
{
        _cleanup_free_ char *list = NULL;
        size_t size;
        FILE *out;

        if (!m->rivals || cpuset_is_empty(&m->managed_cpus))
                return;
        out = open_memstream(&list, &size);
        if (!out)
                return;
        for (size_t i = 0; m->rivals[i]; i++)
                fprintf(out, "%s%s", list_separator(m->rivals, i), m->rivals[i]);
        manager_free_rivals(m);
        if (fclose(out) == 0)
                log_message(
                        LOG_NOTICE,
                        "Also active on this host, and able to change what the policy sets: %s. What they change is "
                        "%s; to end that, switch them off or take governor, frequency and C-states out of their configuration.",
                        list, m->config.drift == DRIFT_REPAIR ? "set again" : "reported");
}

void manager_on_rivals(Manager *m, const char *const *units)
{
        size_t n = 0;

        while (units[n])
                n++;
        if (n == 0 || m->rivals)
                return;
        m->rivals = calloc(n + 1, sizeof(char *));
        for (size_t i = 0; m->rivals && i < n; i++)
                m->rivals[i] = strdup(units[i]);
        manager_tell_rivals(m);
}
