/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Reads what `check` needs from /proc, /sys, /dev and /etc.
 */
#pragma once

#include "check/machine-setup.h"

/* What cannot be read counts as not there. 0 or -ENOMEM. *ret is the caller's (machine_setup_done), untouched on
 * failure. */
int machine_setup_read(MachineSetup *ret);

/* The parts that read configuration: each 0 or -ENOMEM. */
/* Wants ptp_kvm to be known. Fills what is named after chrony and the refclock. */
int machine_setup_read_chrony(MachineSetup *setup);
int machine_setup_read_libvirt(MachineSetup *setup);
/* Fills ptp_kvm_module, _builtin and _persistent. */
int machine_setup_read_modules(MachineSetup *setup);
