/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Notices the result of root's last `tscwarden probe`: the command puts the CPUs that it convicted, if any, into the
 * runtime directory.
 */
#pragma once

#include <stdbool.h>
#include <systemd/sd-event.h>

#include "base/macro.h"

typedef struct ConvictionWatch ConvictionWatch;

typedef void (*ConvictionCallback)(bool convicted, void *userdata);

/* Calls back at once if CPUs are convicted already, and then at each change. runtime_fd, the runtime directory, stays
 * the caller's; -1: there is none, and nothing is ever reported. 0 or -ENOMEM. A failure to watch the directory is
 * logged and is no error. */
int conviction_watch_new(sd_event *event, int runtime_fd, ConvictionCallback callback, void *userdata,
                         ConvictionWatch **ret);
/* `watch` may be NULL. */
ConvictionWatch *conviction_watch_free(ConvictionWatch *watch);
DEFINE_CLEANUP(ConvictionWatch, conviction_watch_free);
