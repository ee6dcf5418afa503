/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Which virtual machines KVM runs, from its uevents. Those that started before the daemon listened are counted with
 * the next event, but their names stay unknown.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "model/uevent.h"

#define VMS_UNKNOWN UINT32_MAX
#define VMS_NAMED_MAX 256U

typedef struct Vm {
        uint32_t pid; /* of the task that created it */
        char *name;   /* owned, as it was read; "" unknown */
} Vm;

/* All zero: none runs. */
typedef struct Vms {
        uint32_t n;         /* VMS_UNKNOWN */
        uint64_t n_created; /* as of the last event; 0: none yet */
        Vm *named;          /* oldest first */
        unsigned n_named;   /* at most VMS_NAMED_MAX */
} Vms;

void vms_done(Vms *vms);

/* Feeds an event of KVM; `name` is the name of a create event's pid, NULL when unknown. Events may arrive in another
 * order than they happened. 0, or -ENOMEM: the VM is counted but has no name. */
int vms_feed(Vms *vms, const Uevent *uevent, const char *name);
/* Call this when events were lost. */
void vms_forget(Vms *vms);

/* Whether a VM runs; unknown counts as yes. */
bool vms_run(const Vms *vms);

/* "web (271)", or "pid 271"; the name as it was read. Heap string owned by the caller, NULL when out of memory. */
char *vm_format(const Vm *vm);
/* The first `max` of them and how many more: "web (271), db (280) and 3 more", or "3 whose names are not known". ""
 * when none runs or that is not known. Ownership as for vm_format(). */
char *vms_format(const Vms *vms, unsigned max);
