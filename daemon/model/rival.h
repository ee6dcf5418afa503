/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Programs that set governors, frequencies or C-states by themselves. The daemon names those that are active, `check`
 * those that set governors.
 */
#pragma once

#include <stdbool.h>

typedef enum Rival {
        RIVAL_TUNED,
        RIVAL_POWER_PROFILES,
        RIVAL_AUTO_CPUFREQ,
        RIVAL_CPUFREQUTILS, /* Debian's script, at boot */
        RIVAL_CPUPOWER,     /* its service: it sets them once, at boot, and again when it is stopped */
        RIVAL_TLP,
        RIVAL_THERMALD,
        RIVAL_NOVA, /* OpenStack's cpu_power_management; Debian's name, and RDO's */
        RIVAL_NOVA_OF_RDO,
        RIVAL_CRIO, /* cpu-freq-governor.crio.io */
        RIVAL_MAX_,
} Rival;

/* Its systemd service, without ".service". */
const char *rival_service(Rival rival);
/* From a unit's name ("tuned.service"); RIVAL_MAX_: none. */
Rival rival_from_unit(const char *unit);
/* From a process' name as in /proc/PID/comm, for programs that run permanently and set governors; RIVAL_MAX_: none. */
Rival rival_from_command(const char *command);
/* It always sets governors, whatever its configuration says. */
bool rival_sets_governor(Rival rival);
/* Its service leaves no process behind. */
bool rival_ends_at_once(Rival rival);
