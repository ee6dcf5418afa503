/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The daemon on D-Bus: org.tscwarden1. Nothing it does decides about policy or clock; without a bus all else goes on.
 */
#pragma once

#include "manager/manager.h"

typedef struct Bus Bus;

/* Becomes the manager's observer, and answers each MANAGER_CHANGED_STOPPING with manager_on_stop_job(). Connects when
 * there is a bus, and again when it was lost. 0 or -errno (not for want of a bus). `version`, event and manager outlive
 * it. */
int bus_new(sd_event *event, Manager *manager, const char *version, Bus **ret);
Bus *bus_free(Bus *bus);
DEFINE_CLEANUP(Bus, bus_free);
