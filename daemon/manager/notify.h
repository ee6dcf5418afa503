/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the service manager is told (sd_notify(3)).
 */
#pragma once

#include <stdint.h>

#include "base/macro.h"

typedef struct Notify {
        char *status; /* STATUS=, as the service manager has it */
} Notify;

void notify_done(Notify *notify);
/* STATUS=, one line that systemctl status shows. `prefix` goes before it: "READY=1\n", or "" for none: then nothing is sent where the
 * service manager has this status. Without memory the prefix goes alone. */
void notify_status(Notify *notify, const char *prefix, const char *format, ...) _printf_(3, 4);
/* Asks for more time, every few seconds. *extended_usec, 0 at first, is when it did last. */
void notify_extend_timeout(uint64_t *extended_usec, uint64_t now_usec);
