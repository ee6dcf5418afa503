/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Reads the options about the guest's clock from the command line of a virtual machine monitor (VMM). Pure.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/macro.h"

typedef enum Vmm {
        VMM_OTHER,
        VMM_QEMU,
        VMM_FIRECRACKER,
        VMM_CLOUD_HYPERVISOR,
} Vmm;

const char *vmm_to_string(Vmm vmm); /* "qemu", "other" */

typedef struct VmClock {
        Vmm vmm;
        char *name; /* as on the command line, any bytes; owned, NULL for none */
        /* Whether the members below are known. Only QEMU's command line says them, and only if it was read
         * completely. */
        bool known;
        bool invtsc;
        bool kvmclock;
        bool hv_time;
        bool hv_reenlightenment;
        bool rtc_localtime;
        bool rtc_stands;     /* -rtc clock=vm: the RTC stands still while the guest is paused or saved */
        bool rtc_catches_up; /* -rtc driftfix=slew: QEMU sends lost timer interrupts of the RTC later */
        bool pit_discards;   /* lost_tick_policy=discard: it does not send those of the PIT later */
        bool confidential;   /* SEV-SNP or TDX: the host cannot see the guest's TSC. Known without `known` */
        bool incoming;       /* it was migrated to this host, or restored */
        uint64_t tsc_hz;     /* tsc-frequency; 0: not set */
} VmClock;

void vm_clock_done(VmClock *clock);
#define _cleanup_vm_clock_ _cleanup_(vm_clock_done)

/* `arguments` is /proc/PID/cmdline: each argument with its NUL, `size` bytes in all. `cut`: there were more. An unknown
 * argument is skipped. 0 or -ENOMEM. *ret is the caller's (vm_clock_done), untouched on failure. */
int vm_clock_parse(const char *arguments, size_t size, bool cut, VmClock *ret);

/* Formats the options: "invtsc, tsc-frequency 2400000000 Hz, no kvm-clock, hv-time, RTC on local time"; "" if nothing
 * is known. Heap string owned by the caller, NULL when out of memory. */
char *vm_clock_format(const VmClock *clock);
