/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "manager/rival-names.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "host/config/config-store.h"

void rival_names_done(RivalNames *rivals)
{
        free(rivals->list);
        rivals->list = NULL;
}

void rival_names_set(RivalNames *rivals, const char *const *units)
{
        char *list = NULL;
        size_t size;
        FILE *out;

        if (!units[0])
                return;
        out = open_memstream(&list, &size);
        if (!out)
                return;
        /* Those of an earlier call may not have been logged yet. */
        if (rivals->list)
                fprintf(out, "%s%s", rivals->list, units[1] ? ", " : " and ");
        fputs(units[0], out);
        for (size_t i = 1; units[i]; i++)
                fprintf(out, "%s%s", units[i + 1] ? ", " : " and ", units[i]);
        list = text_finish(out, &list);
        if (!list)
                return;
        rival_names_done(rivals);
        rivals->list = list;
}

void rival_names_tell(RivalNames *rivals, const CpuSet *managed, DriftMode drift)
{
        if (!rivals->list || cpuset_is_empty(managed))
                return;
        log_message(LOG_NOTICE,
                    "Also active on this host, and able to change what the policy sets: %s. What they change is %s; to "
                    "prevent it, switch them off or remove governor, frequency and C-states from their configuration.",
                    rivals->list, drift == DRIFT_REPAIR ? "set again" : "reported");
        rival_names_done(rivals);
}
