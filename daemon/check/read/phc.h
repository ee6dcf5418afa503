/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * PTP hardware clocks, as /sys/class/ptp has them.
 */
#pragma once

#include "check/guest-clock.h"

#define PHC_NAME_SIZE 32

/* Each: "ptp1" of the first such clock into ret_name, 0; or -ENOENT, and it is untouched. */

/* The clock that calls itself that: its number says nothing, ptp0 is a network card's as often. */
int phc_find(const char *clock_name, char ret_name[static PHC_NAME_SIZE]);
/* The clock behind a device node, by the node's number, whatever links lead there; or, chrony 4.7, that of a network interface: "eth0". */
int phc_of_device(const char *device, char ret_name[static PHC_NAME_SIZE]);
/* A network card's. */
int phc_of_network(char ret_name[static PHC_NAME_SIZE]);
/* The hypervisor's, KVM's before any other. */
int phc_of_host(char ret_name[static PHC_NAME_SIZE]);

/* Of "ptp1"; PHC_UNKNOWN also when there is no such clock. */
PhcKind phc_kind(const char *name);
