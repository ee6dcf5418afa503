/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Which units systemd has. Reads only files, so neither a bus nor a running systemd is needed.
 */
#pragma once

#include <stdbool.h>

/* True if the unit ("chrony.service") can be started: its file exists and is not masked (a link to /dev/null). */
bool units_have(const char *unit);
/* True if SERVICE.service, or the script SERVICE in /etc/init.d, is started at boot. */
bool units_service_is_enabled(const char *service);
/* True if `timedatectl set-ntp true` has a time client to start: one that is listed in ntp-units.d
 * (systemd-timedated.service(8)). */
bool units_have_time_client(void);
