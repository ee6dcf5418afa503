/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A guest's clock from its host's, through ptp_kvm and chrony: the files for it, and the answers of the programs.
 */
#pragma once

#include <stdbool.h>

/* drivers/ptp/ptp_kvm_common.c. The number in /dev/ptpN says nothing: a network card may be ptp0. */
#define KVM_CLOCK_NAME "KVM virtual PTP"
#define KVM_CLOCK_MODULE "ptp_kvm"
/* What `guest setup` writes for chrony and for modules-load.d. */
#define CHRONY_FILE_NAME "tscwarden-ptp_kvm.conf"
#define KVM_CLOCK_LINK "/dev/ptp_kvm" /* udev's, 50-udev-default.rules */

/* Whose clock a PTP hardware clock is, by its clock_name. */
typedef enum PhcKind {
        PHC_UNKNOWN,
        PHC_NETWORK, /* a network interface's: right only while something sets it */
        PHC_KVM,     /* from here on the hypervisor's, which keeps them */
        PHC_HYPERV,  /* drivers/ptp/ptp_hyperv or hv_util: Azure */
        PHC_ENA,     /* drivers/net/ethernet/amazon/ena: AWS */
        PHC_GVE,     /* drivers/net/ethernet/google/gve */
        PHC_VMCLOCK, /* drivers/ptp/ptp_vmclock.c: it counts TAI */
        PHC_VIRTIO,  /* drivers/virtio/virtio_rtc_ptp.c */
        PHC_VMWARE,  /* drivers/ptp/ptp_vmw.c */
        PHC_MAX_,
} PhcKind;

/* `network`: a network interface is its device. */
PhcKind phc_kind_of(const char *clock_name, bool network);
bool phc_kind_is_of_host(PhcKind kind);
/* "the host's clock (Hyper-V)" */
const char *phc_kind_describe(PhcKind kind);

typedef enum GuestFileKind {
        GUEST_MODULES,  /* modules-load.d(5) */
        GUEST_REFCLOCK, /* chrony.conf(5) */
        GUEST_DROP_IN,  /* systemd.unit(5): chronyd does not start when the device is missing, so it waits for it */
        GUEST_FILE_MAX_,
} GuestFileKind;

/* `has_device_unit`: udev tells systemd of the link (systemd 255, and 252 with that fix); otherwise there is no such unit to wait
 * for, and all of udev is waited for. Heap string owned by the caller, NULL when out of memory. */
char *guest_file_format(GuestFileKind kind, const char *device, bool has_device_unit);

typedef enum GuestFileState {
        GUEST_FILE_MISSING,
        GUEST_FILE_SAME,
        GUEST_FILE_OTHER,   /* written by us with other content */
        GUEST_FILE_FOREIGN, /* somebody else's */
} GuestFileState;

/* `text` is the file's, NULL for none. */
GuestFileState guest_file_judge(const char *text, const char *wanted);

/* Why modprobe refused ptp_kvm, from what it says in the C locale: one sentence, "" when it is none of the known reasons. */
const char *guest_explain_modprobe(const char *text);
