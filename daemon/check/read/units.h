/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Which units systemd has, from the files alone: this needs neither a bus nor a running systemd.
 */
#pragma once

#include <stdbool.h>

/* "chrony.service" can be started: its file is there, and it is not masked (a link to /dev/null). */
bool units_have(const char *unit);
/* "cpupower": systemd starts cpupower.service at boot, or its script of /etc/init.d is started. */
bool units_service_is_enabled(const char *service);
/* `timedatectl set-ntp true` has a time client to switch on (systemd-timedated.service(8): the lists in ntp-units.d). */
bool units_have_time_client(void);
