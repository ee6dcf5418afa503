/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Compares another host's clock with this host's clock, for a migration.
 */
#pragma once

#include "ctl/ctl-bus.h"
#include "model/host-clocks.h"

/* Compares the clocks over `bus`, which is that of `host` ([USER@]HOST), and runs `tscwarden check --json` there by
 * ssh to find out how right its clock is. What cannot be found out is marked as not known. 0 or -ENOMEM. */
int clocks_there_read(const char *host, CtlBus *bus, const HostClock *here, HostClocks *ret);
