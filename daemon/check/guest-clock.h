/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * How a guest sets its clock from its host's clock with ptp_kvm and chrony: the files that `guest setup` writes, and
 * what modprobe's messages mean.
 */
#pragma once

#include <stdbool.h>

/* The clock_name of the clock (drivers/ptp/ptp_kvm_common.c). Its number N in /dev/ptpN varies: a network card may be
 * ptp0. */
#define KVM_CLOCK_NAME "KVM virtual PTP"
#define KVM_CLOCK_MODULE "ptp_kvm"
/* The name of the files that `guest setup` writes for chrony and into modules-load.d. */
#define CHRONY_FILE_NAME "tscwarden-ptp_kvm.conf"
#define KVM_CLOCK_LINK "/dev/ptp_kvm" /* udev makes this link (50-udev-default.rules) */

/* Which device a PTP hardware clock (PHC) belongs to. */
typedef enum PhcKind {
        PHC_UNKNOWN,
        PHC_NETWORK, /* a network interface; this clock is right only while a program sets it */
        PHC_KVM,     /* this and the following belong to the hypervisor, which keeps them right */
        PHC_HYPERV,  /* drivers/ptp/ptp_hyperv or hv_util: Azure */
        PHC_ENA,     /* drivers/net/ethernet/amazon/ena: AWS */
        PHC_GVE,     /* drivers/net/ethernet/google/gve */
        PHC_VMCLOCK, /* drivers/ptp/ptp_vmclock.c; counts TAI */
        PHC_VIRTIO,  /* drivers/virtio/virtio_rtc_ptp.c */
        PHC_VMWARE,  /* drivers/ptp/ptp_vmw.c */
        PHC_MAX_,
} PhcKind;

/* `network`: true if the clock's device is a network interface. */
PhcKind phc_kind_of(const char *clock_name, bool network);
bool phc_kind_is_of_host(PhcKind kind);
/* "the host's clock (Hyper-V)" */
const char *phc_kind_describe(PhcKind kind);

typedef enum GuestFileKind {
        GUEST_MODULES,  /* modules-load.d(5) */
        GUEST_REFCLOCK, /* chrony.conf(5) */
        GUEST_DROP_IN,  /* systemd.unit(5): delays chronyd until the device exists, because it fails without it */
        GUEST_FILE_MAX_,
} GuestFileKind;

/* `has_device_unit`: systemd has a device unit for the link (systemd 255, and 252 with that fix). Otherwise the drop-in
 * delays chronyd until udev has handled all devices. Heap string owned by the caller, NULL when out of memory. */
char *guest_file_format(GuestFileKind kind, const char *device, bool has_device_unit);

typedef enum GuestFileState {
        GUEST_FILE_MISSING,
        GUEST_FILE_SAME,
        GUEST_FILE_OTHER,   /* tscwarden wrote it with other content */
        GUEST_FILE_FOREIGN, /* somebody else wrote it */
} GuestFileState;

/* `text` is the content of the file, NULL if there is no file. */
GuestFileState guest_file_judge(const char *text, const char *wanted);

/* Explains why modprobe could not load ptp_kvm, from its message in the C locale: one sentence, or "" for an unknown
 * message. */
const char *guest_explain_modprobe(const char *text);
