/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The clock of another host beside this one's, for a migration.
 */
#pragma once

#include "ctl/ctl-bus.h"
#include "model/host-clocks.h"

/* Asks `host`, [USER@]HOST, whose bus is `bus`, for its time, and by ssh its `tscwarden check --json` for how right that is. What
 * cannot be found out is not known. 0 or -ENOMEM. */
int clocks_there_read(const char *host, CtlBus *bus, const HostClock *here, HostClocks *ret);
