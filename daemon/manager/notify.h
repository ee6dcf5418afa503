/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The messages to systemd (sd_notify(3)).
 */
#pragma once

#include <stdint.h>

#include "base/macro.h"

typedef struct Notify {
        char *status; /* STATUS= as systemd has it */
} Notify;

void notify_done(Notify *notify);
/* Sends STATUS=, one line that systemctl status shows, after `prefix` ("READY=1\n" or ""). With an empty prefix nothing
 * is sent if systemd already has this status. Out of memory only the prefix is sent. */
void notify_status(Notify *notify, const char *prefix, const char *format, ...) _printf_(3, 4);
/* Asks systemd for more time, every few seconds. *extended_usec is the time of the last request, 0 at first. */
void notify_extend_timeout(uint64_t *extended_usec, uint64_t now_usec);
