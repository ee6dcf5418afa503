/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "manager/remarks.h"

#include "base/log.h"

void remarks_log(const ConfigFaults *faults, Halves halves)
{
        bool applies = halves.frequency || halves.idle;

        for (unsigned i = 0; i < faults->n; i++)
                if (applies || !faults->entries[i].foreign)
                        log_message(LOG_WARNING, "%s", faults->entries[i].text);
                else
                        log_message(LOG_INFO,
                                    "%s. tscwarden applies no policy on this host, and leaves that file to cpupower.",
                                    faults->entries[i].text);
}
