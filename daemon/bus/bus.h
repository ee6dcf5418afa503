/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The daemon on D-Bus: org.tscwarden1. It makes no decision about policy or clock; without a bus everything else
 * works.
 */
#pragma once

#include "manager/manager.h"

typedef struct Bus Bus;

/* Becomes the manager's observer, and answers each MANAGER_CHANGED_STOPPING with manager_on_stop_job(). Connects when
 * there is a bus, and again after a lost connection. 0 or -errno (a missing bus is no error). `version`, event and
 * manager outlive it. */
int bus_new(sd_event *event, Manager *manager, const char *version, Bus **ret);
Bus *bus_free(Bus *bus);
DEFINE_CLEANUP(Bus, bus_free);
