/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/rival.h"

#include <string.h>

static const struct {
        const char *service;
        const char *command; /* cut at 15 characters by the kernel; NULL: its process does not tell */
        bool sets_governor;
        bool ends_at_once;
} rivals[RIVAL_MAX_] = {
        [RIVAL_TUNED] = { "tuned", "tuned", .sets_governor = true },
        [RIVAL_POWER_PROFILES] = { "power-profiles-daemon", "power-profiles-", .sets_governor = true },
        [RIVAL_AUTO_CPUFREQ] = { "auto-cpufreq", "auto-cpufreq", .sets_governor = true },
        [RIVAL_CPUFREQUTILS] = { "cpufrequtils", .sets_governor = true, .ends_at_once = true },
        [RIVAL_CPUPOWER] = { "cpupower", .sets_governor = true, .ends_at_once = true },
        [RIVAL_TLP] = { .service = "tlp" },
        [RIVAL_THERMALD] = { .service = "thermald" },
        [RIVAL_NOVA] = { .service = "nova-compute" },
        [RIVAL_NOVA_OF_RDO] = { .service = "openstack-nova-compute" },
        [RIVAL_CRIO] = { .service = "crio" },
};

const char *rival_service(Rival rival)
{
        return rivals[rival].service;
}

Rival rival_from_unit(const char *unit)
{
        Rival rival = 0;

        for (; rival < RIVAL_MAX_; rival++) {
                size_t n = strlen(rivals[rival].service);

                if (strncmp(unit, rivals[rival].service, n) == 0 && strcmp(unit + n, ".service") == 0)
                        break;
        }
        return rival;
}

Rival rival_from_command(const char *command)
{
        Rival rival = 0;

        while (rival < RIVAL_MAX_ && (!rivals[rival].command || strcmp(command, rivals[rival].command) != 0))
                rival++;
        return rival;
}

bool rival_sets_governor(Rival rival)
{
        return rivals[rival].sets_governor;
}

bool rival_ends_at_once(Rival rival)
{
        return rivals[rival].ends_at_once;
}
