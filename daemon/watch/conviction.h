/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Notices what `tscwarden probe` last proved: root's puts the CPUs that it convicted, if any, into the runtime directory.
 */
#pragma once

#include <stdbool.h>
#include <systemd/sd-event.h>

#include "base/macro.h"

typedef struct ConvictionWatch ConvictionWatch;

typedef void (*ConvictionCallback)(bool convicted, void *userdata);

/* Calls back at once where CPUs are convicted already, and then at each change. runtime_fd, the runtime directory, stays the caller's; -1:
 * there is none, and nothing is ever heard. 0 or -ENOMEM; that the directory cannot be watched is logged and no error. */
int conviction_watch_new(sd_event *event, int runtime_fd, ConvictionCallback callback, void *userdata,
                         ConvictionWatch **ret);
/* NULL is allowed. */
ConvictionWatch *conviction_watch_free(ConvictionWatch *watch);
DEFINE_CLEANUP(ConvictionWatch, conviction_watch_free);
