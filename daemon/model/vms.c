/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/vms.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/log.h"
#include "base/macro.h"

static void vms_drop_named(Vms *vms, unsigned i)
{
        free(vms->named[i].name);
        memmove(&vms->named[i], &vms->named[i + 1], (vms->n_named - i - 1) * sizeof(*vms->named));
        vms->n_named--;
}

void vms_done(Vms *vms)
{
        while (vms->n_named > 0)
                vms_drop_named(vms, vms->n_named - 1);
        free(vms->named);
        *vms = (Vms) {};
}

void vms_forget(Vms *vms)
{
        vms_done(vms);
        vms->n = VMS_UNKNOWN;
}

/* KVM counts under its lock but sends the events after it. Of two events the one with fewer creations is the older; if
 * the creations are equal, VMs have only ended in between. */
static void vms_count(Vms *vms, const Uevent *uevent)
{
        if (uevent->n_vms == UINT32_MAX || uevent->n_created == 0) {
                vms->n = VMS_UNKNOWN;
                return;
        }
        if (uevent->n_created < vms->n_created)
                return;
        if (uevent->n_created > vms->n_created || uevent->n_vms < vms->n)
                vms->n = uevent->n_vms;
        vms->n_created = uevent->n_created;
}

static int vms_add_named(Vms *vms, uint32_t pid, const char *name)
{
        _cleanup_free_ char *copy = strdup(name ? name : "");

        if (!copy || array_grow(&vms->named, vms->n_named, sizeof(*vms->named)) < 0)
                return -ENOMEM;
        vms->named[vms->n_named++] = (Vm) { .pid = pid, .name = TAKE_PTR(copy) };
        return 0;
}

int vms_feed(Vms *vms, const Uevent *uevent, const char *name)
{
        vms_count(vms, uevent);
        if (uevent->kind == UEVENT_KVM_CREATE)
                return uevent->pid == 0 || vms->n_named == VMS_NAMED_MAX ? 0 : vms_add_named(vms, uevent->pid, name);
        for (unsigned i = 0; i < vms->n_named; i++)
                if (vms->named[i].pid == uevent->pid) {
                        vms_drop_named(vms, i);
                        break;
                }
        return 0;
}

bool vms_run(const Vms *vms)
{
        return vms->n > 0;
}

char *vm_format(const Vm *vm)
{
        return vm->name[0] ? text_format("%s (%u)", vm->name, vm->pid) : text_format("pid %u", vm->pid);
}

char *vms_format(const Vms *vms, unsigned max)
{
        unsigned n = vms->n_named < max ? vms->n_named : max;
        unsigned all = vms->n == VMS_UNKNOWN || vms->n < vms->n_named ? vms->n_named : vms->n;
        char *text = NULL;
        size_t size;
        FILE *out = open_memstream(&text, &size);

        if (!out)
                return NULL;
        for (unsigned i = 0; i < n; i++) {
                _cleanup_free_ char *vm = vm_format(&vms->named[i]);

                if (i > 0)
                        fputs(i + 1 == n && all == n ? " and " : ", ", out);
                fputs(vm ? vm : "?", out);
        }
        if (n > 0 && all > n)
                fprintf(out, " and %u more", all - n);
        else if (n == 0 && all > 0)
                fprintf(out, "%u whose name%s not known", all, all == 1 ? " is" : "s are");
        return text_finish(out, &text);
}
