/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What should be in force now, and how long this host went without it.
 */
#include "base/log.h"
#include "manager/manager-internal.h"

Need manager_wanted_halves(const Manager *m)
{
        return need_under_mode(&m->facts, m->config.apply, m->config.filled);
}

bool manager_waits_for_guests(const Manager *m)
{
        return m->config.apply_when == APPLY_WHEN_GUESTS && !guest_watch_have_guests(m->guests);
}

Need manager_halves(const Manager *m)
{
        return manager_waits_for_guests(m) ? (Need) {} : manager_wanted_halves(m);
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

static const char *halves_name(bool frequency, bool idle)
{
        if (frequency && idle)
                return "frequency and idle";
        return frequency ? "frequency" : "idle";
}

void manager_note_late_driver(Manager *m)
{
        Need before = m->waiting, now = findings_waiting_halves(&m->findings);
        bool frequency = before.frequency && !now.frequency && m->halves.frequency;
        bool idle = before.idle && !now.idle && m->halves.idle;
        double usec = (double)manager_now_usec();

        m->waiting = now;
        if (m->late_told || (!frequency && !idle))
                return;
        m->late_told = true;
        log_message(LOG_NOTICE,
                    "This host ran without its %s policy until the driver came: %.1f s from the boot, %.1f s from this "
                    "daemon's start.",
                    halves_name(frequency, idle), usec / 1e6, (usec - (double)m->start_usec) / 1e6);
}
