/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The virtual machines: who runs, and with APPLY_WHEN=guests whether the policy is in force for them.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "host/vms.h"
#include "manager/manager-internal.h"

/* After the last VM has gone: a guest that reboots or a host that tries KVM out comes back at once. */
#define LEAVE_USEC 5000000
/* In a sentence and in a field of the journal; the bus has them all. */
#define NAMES_MAX 32

struct ManagerGuests {
        Vms vms;
        bool held; /* the policy is, for VMs that run or ran just now */
        sd_event_source *leave_timer;
        char *when_lost; /* those that ran when the TSC was lost, as manager_format_vms() */
};

const Vms *manager_get_vms(const Manager *m)
{
        return &m->guests->vms;
}

Need manager_wanted_halves(const Manager *m)
{
        return need_under_mode(&m->facts, m->config.apply);
}

bool manager_waits_for_guests(const Manager *m)
{
        return m->config.apply_when == APPLY_WHEN_GUESTS && !m->guests->held;
}

Need manager_halves(const Manager *m)
{
        return manager_waits_for_guests(m) ? (Need) {} : manager_wanted_halves(m);
}

static void guests_changed(Manager *m)
{
        ManagerGuests *guests = m->guests;

        manager_tell(m, MANAGER_CHANGED_LISTS);
        if (!vms_run(&guests->vms)) {
                if (!guests->held)
                        return;
                (void)sd_event_source_set_time_relative(guests->leave_timer, LEAVE_USEC);
                (void)sd_event_source_set_enabled(guests->leave_timer, SD_EVENT_ONESHOT);
                return;
        }
        (void)sd_event_source_set_enabled(guests->leave_timer, SD_EVENT_OFF);
        if (guests->held)
                return;
        guests->held = true;
        if (m->config.apply_when == APPLY_WHEN_GUESTS)
                manager_renew(m);
}

static int guests_on_leave(sd_event_source *source, uint64_t usec, void *userdata)
{
        Manager *m = userdata;

        m->guests->held = false;
        if (m->config.apply_when == APPLY_WHEN_GUESTS)
                manager_renew(m);
        return 0;
}

void manager_on_vm(Manager *m, const Uevent *uevent)
{
        _cleanup_free_ char *name = uevent->kind == UEVENT_KVM_CREATE && uevent->pid ? vm_name_read(uevent->pid) : NULL;

        /* Out of memory: it is counted all the same. */
        (void)vms_feed(&m->guests->vms, uevent, name);
        guests_changed(m);
}

void manager_on_vm_events_lost(Manager *m)
{
        vms_forget(&m->guests->vms);
        guests_changed(m);
}

char *manager_format_vms(const Manager *m)
{
        return vms_format(&m->guests->vms, NAMES_MAX);
}

void manager_keep_vms_when_lost(Manager *m, const char *vms)
{
        free(m->guests->when_lost);
        m->guests->when_lost = strdup(vms);
}

const char *manager_get_vms_when_lost(const Manager *m)
{
        return m->guests->when_lost ? m->guests->when_lost : "";
}

int manager_new_guests(Manager *m)
{
        int r;

        m->guests = calloc(1, sizeof(*m->guests));
        if (!m->guests)
                return -ENOMEM;
        r = sd_event_add_time(m->event, &m->guests->leave_timer, CLOCK_MONOTONIC, 0, 0, guests_on_leave, m);
        if (r >= 0)
                r = sd_event_source_set_enabled(m->guests->leave_timer, SD_EVENT_OFF);
        return r < 0 ? r : sd_event_source_set_description(m->guests->leave_timer, "guests-leave");
}

void manager_start_guests(Manager *m)
{
        m->guests->vms.n = vms_probe();
        m->guests->held = vms_run(&m->guests->vms);
}

void manager_free_guests(Manager *m)
{
        if (!m->guests)
                return;
        sd_event_source_disable_unref(m->guests->leave_timer);
        vms_done(&m->guests->vms);
        free(m->guests->when_lost);
        free(m->guests);
        m->guests = NULL;
}
