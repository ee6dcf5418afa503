/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Reads what `check` looks at from /proc, /sys, /dev and /etc.
 */
#pragma once

#include "check/surroundings.h"

/* What cannot be read counts as not there. 0 or -ENOMEM. *ret is the caller's (surroundings_done), untouched on
 * failure. */
int surroundings_read(Surroundings *ret);

/* The parts that read configuration: each 0 or -ENOMEM. */
/* Wants ptp_kvm to be known. Fills what is named after chrony and the refclock. */
int surroundings_read_chrony(Surroundings *around);
int surroundings_read_libvirt(Surroundings *around);
/* "cpupower": systemd starts it at boot. */
bool surroundings_service_is_enabled(const char *service);
/* Fills ptp_kvm_module, _builtin and _persistent. */
int surroundings_read_modules(Surroundings *around);
