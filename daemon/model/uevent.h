/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Finds out whether and how a uevent of the kernel concerns us.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum UeventKind {
        UEVENT_CPU,    /* a CPU came, went, or went on- or offline */
        UEVENT_MODULE, /* a module was loaded or unloaded; it may have been a driver, which has no uevent of its own */
        UEVENT_KVM_CREATE, /* of a VM */
        UEVENT_KVM_DESTROY,
} UeventKind;

typedef struct Uevent {
        UeventKind kind;
        unsigned cpu;
        /* from KVM (virt/kvm/kvm_main.c kvm_uevent_notify_change); 0: the event does not say it, except in n_vms */
        uint64_t n_created; /* VMs, ever */
        uint32_t n_vms;     /* how many of these ran then; UINT32_MAX: the event does not say */
        uint32_t pid;       /* of the task that created this one, in the first pid namespace */
} Uevent;

/* The properties that the kernel sent; NULL: there is none of that name. */
typedef struct UeventText {
        const char *action;
        const char *devpath;
        const char *subsystem;
        const char *event; /* EVENT= and so on */
        const char *created;
        const char *count;
        const char *pid;
} UeventText;

/* Finds the properties in a message of the kernel: NUL-terminated strings, first "ACTION@DEVPATH", then "KEY=VALUE". A
 * NUL follows its `length` bytes. *ret points into the message. */
void uevent_parse(const char *message, size_t length, UeventText *ret);

/* Whether the event concerns us; otherwise *ret is untouched. */
bool uevent_classify(const UeventText *text, Uevent *ret);
