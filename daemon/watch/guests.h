/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Which virtual machines run on this host, and whether there are any for a policy to be in force for.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "base/macro.h"
#include "model/uevent.h"
#include "model/vms.h"

/* For guest_watch_new(): a guest that reboots, and a host that tries KVM out, have their next VM at once. */
#define GUESTS_LEAVE_USEC UINT64_C(5000000)

typedef struct GuestWatch GuestWatch;

/* The list of VMs changed, or `presence_changed`: what guest_watch_have_guests() returns. */
typedef void (*GuestCallback)(bool presence_changed, void *userdata);

/* Assumes that none runs until guest_watch_set_count(). After the last VM has gone the watch counts guests as present for
 * another `leave_usec` µs. 0 or -errno. */
int guest_watch_new(sd_event *event, uint64_t leave_usec, GuestCallback callback, void *userdata, GuestWatch **ret);
/* NULL is allowed. */
GuestWatch *guest_watch_free(GuestWatch *watch);
DEFINE_CLEANUP(GuestWatch, guest_watch_free);

/* How many run at the start, as vms_probe() returns it. Calls nobody back. */
void guest_watch_set_count(GuestWatch *watch, uint32_t n);
/* An event of KVM (UEVENT_KVM_*); NULL: events were lost. Calls back. */
void guest_watch_feed(GuestWatch *watch, const Uevent *uevent);

const Vms *guest_watch_get_vms(const GuestWatch *watch);
/* A VM runs, or ran less than `leave_usec` ago. */
bool guest_watch_have_guests(const GuestWatch *watch);
/* The names of the VMs that run, at most 32 of them, unescaped; "" for none that are known. Heap string owned by the caller, NULL
 * when out of memory. */
char *guest_watch_format(const GuestWatch *watch);
