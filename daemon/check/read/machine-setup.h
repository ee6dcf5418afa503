/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Reads what `check` needs from /proc, /sys, /dev and /etc.
 */
#pragma once

#include "check/machine-setup.h"

/* What cannot be read counts as not there. 0 or -ENOMEM. The caller owns *ret (machine_setup_done); it is untouched on
 * failure. */
int machine_setup_read(MachineSetup *ret);

/* Parts of it that read configuration files. Each returns 0 or -ENOMEM. */
/* Fills the members about chrony and its refclocks. */
int machine_setup_read_chrony(MachineSetup *setup);
/* Fills them too, and which clocks of the host and of network interfaces there are: all that time_judge_here() needs.
 */
int machine_setup_read_clocks(MachineSetup *setup);
int machine_setup_read_libvirt(MachineSetup *setup);
/* Fills has_modules and ptp_kvm_module, _builtin and _persistent. */
int machine_setup_read_modules(MachineSetup *setup);
