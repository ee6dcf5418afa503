/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "watch/guests.h"

#include <errno.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/time.h"
#include "host/vms.h"
#include "watch/source.h"

/* So many names go into a sentence and a journal field; the bus has them all. */
#define NAMES_MAX 32

struct GuestWatch {
        Vms vms;
        bool present;
        uint64_t leave_usec;
        sd_event_source *leave_timer;
        GuestCallback callback;
        void *userdata;
};

static void guests_set_present(GuestWatch *watch, bool present)
{
        bool changed = watch->present != present;

        watch->present = present;
        if (changed)
                log_message(LOG_DEBUG, present ? "The first virtual machine has started." :
                                                 "The last virtual machine ended some time ago; the policy is no "
                                                 "longer needed.");
        watch->callback(changed, watch->userdata);
}

static int guests_on_leave(sd_event_source *source, uint64_t usec, void *userdata)
{
        guests_set_present(userdata, false);
        return 0;
}

void guest_watch_feed(GuestWatch *watch, const Uevent *uevent)
{
        if (uevent) {
                _cleanup_free_ char *name =
                        uevent->kind == UEVENT_KVM_CREATE && uevent->pid ? vm_name_read(uevent->pid) : NULL;

                /* Out of memory the VM is counted nevertheless. */
                (void)vms_feed(&watch->vms, uevent, name);
        } else
                vms_forget(&watch->vms);

        if (vms_run(&watch->vms)) {
                (void)sd_event_source_set_enabled(watch->leave_timer, SD_EVENT_OFF);
                guests_set_present(watch, true);
                return;
        }
        if (watch->present)
                (void)source_arm(watch->leave_timer, time_usec(CLOCK_MONOTONIC) + watch->leave_usec);
        watch->callback(false, watch->userdata);
}

void guest_watch_set_count(GuestWatch *watch, uint32_t n)
{
        watch->vms.n = n;
        watch->present = vms_run(&watch->vms);
}

const Vms *guest_watch_get_vms(const GuestWatch *watch)
{
        return &watch->vms;
}

bool guest_watch_have_guests(const GuestWatch *watch)
{
        return watch->present;
}

char *guest_watch_format(const GuestWatch *watch)
{
        return vms_format(&watch->vms, NAMES_MAX);
}

int guest_watch_new(sd_event *event, uint64_t leave_usec, GuestCallback callback, void *userdata, GuestWatch **ret)
{
        _cleanup_(guest_watch_freep) GuestWatch *watch = malloc(sizeof(*watch));
        int r;

        if (!watch)
                return -ENOMEM;
        *watch = (GuestWatch) { .leave_usec = leave_usec, .callback = callback, .userdata = userdata };
        r = source_add_timer(event, &watch->leave_timer, 0, guests_on_leave, watch, "guests-leave");
        if (r < 0)
                return r;
        *ret = TAKE_PTR(watch);
        return 0;
}

GuestWatch *guest_watch_free(GuestWatch *watch)
{
        if (!watch)
                return NULL;
        sd_event_source_disable_unref(watch->leave_timer);
        vms_done(&watch->vms);
        free(watch);
        return NULL;
}
