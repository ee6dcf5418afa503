/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/rival.h"

#include <string.h>

const RivalFacts rival_facts[RIVAL_MAX_] = {
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

Rival rival_from_unit(const char *unit)
{
        Rival rival = 0;

        for (; rival < RIVAL_MAX_; rival++) {
                size_t n = strlen(rival_facts[rival].service);

                if (strncmp(unit, rival_facts[rival].service, n) == 0 && strcmp(unit + n, ".service") == 0)
                        break;
        }
        return rival;
}

Rival rival_from_command(const char *command)
{
        Rival rival = 0;

        while (rival < RIVAL_MAX_ && (!rival_facts[rival].command || strcmp(command, rival_facts[rival].command) != 0))
                rival++;
        return rival;
}
