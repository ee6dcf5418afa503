/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A guest's clock from its host's, by ptp_kvm and chrony: what is written for it, and what the programs say.
 */
#pragma once

#include <stdbool.h>

/* drivers/ptp/ptp_kvm_common.c. The number in /dev/ptpN says nothing: a network card may be ptp0. */
#define KVM_CLOCK_NAME "KVM virtual PTP"
#define KVM_CLOCK_MODULE "ptp_kvm"
#define KVM_CLOCK_LINK "/dev/ptp_kvm" /* udev's, 50-udev-default.rules */

typedef enum GuestFileKind {
        GUEST_MODULES, /* modules-load.d(5) */
        GUEST_REFCLOCK, /* chrony.conf(5) */
        GUEST_DROP_IN, /* systemd.unit(5): chronyd does not start when the device is missing, so it waits for it */
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

/* The first directory of the last "confdir" in chrony.conf: a heap string owned by the caller, *ret is NULL when there is none.
 * 0 or -ENOMEM. */
int chrony_find_confdir(const char *text, char **ret);
/* The device of the next "refclock PHC DEVICE[:OPTION...]" in such a text or what `chronyd -p` prints; *text is moved behind that line.
 * False at the end, and device is untouched. */
#define CHRONY_DEVICE_SIZE 128
bool chrony_next_refclock(const char **text, char device[static CHRONY_DEVICE_SIZE]);

/* Why modprobe refused ptp_kvm, from what it says in the C locale: one sentence, "" when it is none of the known reasons. */
const char *guest_explain_modprobe(const char *text);
