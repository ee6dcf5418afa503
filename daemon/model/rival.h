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

typedef struct RivalFacts {
        const char *service; /* its systemd service, without ".service" */
        const char *command; /* as in /proc/PID/comm, cut at 15 characters; NULL: its process does not tell */
        bool sets_governor;  /* always, whatever its configuration says */
        bool ends_at_once;   /* its service leaves no process behind */
} RivalFacts;

extern const RivalFacts rival_facts[RIVAL_MAX_];

/* From a unit's name ("tuned.service"); RIVAL_MAX_: none. */
Rival rival_from_unit(const char *unit);
/* From a process' name as in /proc/PID/comm, for programs that run permanently and set governors; RIVAL_MAX_: none. */
Rival rival_from_command(const char *command);
