/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Which virtual machines run on this host, and whether a policy is needed for them.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "base/macro.h"
#include "model/uevent.h"
#include "model/vms.h"

/* For guest_watch_new(): long enough for a guest that reboots, or a host that tests KVM, to start its next VM. */
#define GUESTS_LEAVE_USEC UINT64_C(5000000)

typedef struct GuestWatch GuestWatch;

/* The list of VMs has changed; `presence_changed`: the result of guest_watch_have_guests() has changed too. */
typedef void (*GuestCallback)(bool presence_changed, void *userdata);

/* Assumes that no VM runs until guest_watch_set_count(). Guests count as present until `leave_usec` µs after the last
 * VM has ended. 0 or -errno. */
int guest_watch_new(sd_event *event, uint64_t leave_usec, GuestCallback callback, void *userdata, GuestWatch **ret);
/* `watch` may be NULL. */
GuestWatch *guest_watch_free(GuestWatch *watch);
DEFINE_CLEANUP(GuestWatch, guest_watch_free);

/* Sets how many VMs run at the start, as vms_probe() returns it. Does not call back. */
void guest_watch_set_count(GuestWatch *watch, uint32_t n);
/* Handles an event of KVM (UEVENT_KVM_*); NULL: events were lost. Calls back. */
void guest_watch_feed(GuestWatch *watch, const Uevent *uevent);

const Vms *guest_watch_get_vms(const GuestWatch *watch);
/* A VM runs, or one ended less than `leave_usec` ago. */
bool guest_watch_have_guests(const GuestWatch *watch);
/* The names of at most 32 running VMs, unescaped; "" if none is known. Heap string owned by the caller, NULL when out
 * of memory. */
char *guest_watch_format(const GuestWatch *watch);
