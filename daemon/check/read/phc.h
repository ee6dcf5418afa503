/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Finds PTP hardware clocks (PHCs) in /sys/class/ptp.
 */
#pragma once

#include "check/guest-clock.h"

#define PHC_NAME_SIZE 32

/* Each finds the first clock of a kind. 0: ret_name is its name, like "ptp1"; -ENOENT: there is none, ret_name is
 * untouched. */

/* The clock with that clock_name. The number in "ptp1" is no help: it depends on the order in which drivers load. */
int phc_find(const char *clock_name, char ret_name[static PHC_NAME_SIZE]);
/* The clock that a device node opens, also through links, or that of a network interface like "eth0", which chrony 4.7
 * accepts. */
int phc_of_device(const char *device, char ret_name[static PHC_NAME_SIZE]);
/* A network interface's clock. */
int phc_of_network(char ret_name[static PHC_NAME_SIZE]);
/* A clock of the hypervisor, preferably that of ptp_kvm. */
int phc_of_host(char ret_name[static PHC_NAME_SIZE]);

/* The kind of the clock `name`, like "ptp1". PHC_UNKNOWN also if there is no such clock. */
PhcKind phc_kind(const char *name);
