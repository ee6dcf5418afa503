/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "manager/rival-names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "host/config/config-store.h"

void rival_names_done(RivalNames *rivals)
{
        for (char **unit = rivals->units; unit && *unit; unit++)
                free(*unit);
        free(rivals->units);
        rivals->units = NULL;
}

void rival_names_set(RivalNames *rivals, const char *const *units)
{
        size_t n = 0;

        while (units[n])
                n++;
        if (n == 0 || rivals->units)
                return;
        rivals->units = calloc(n + 1, sizeof(char *));
        for (size_t i = 0; rivals->units && i < n; i++)
                rivals->units[i] = strdup(units[i]);
}

static const char *list_separator(char *const *list, size_t i)
{
        if (i == 0)
                return "";
        return list[i + 1] ? ", " : " and ";
}

void rival_names_tell(RivalNames *rivals, const CpuSet *managed, DriftMode drift)
{
        _cleanup_free_ char *list = NULL;
        size_t size;
        FILE *out;

        if (!rivals->units || cpuset_is_empty(managed))
                return;
        out = open_memstream(&list, &size);
        if (!out)
                return;
        for (size_t i = 0; rivals->units[i]; i++)
                fprintf(out, "%s%s", list_separator(rivals->units, i), rivals->units[i]);
        rival_names_done(rivals);
        if (fclose(out) == 0)
                log_message(
                        LOG_NOTICE,
                        "Also active on this host, and able to change what the policy sets: %s. What they change is "
                        "%s; to prevent it, switch them off or remove governor, frequency and C-states from their "
                        "configuration.",
                        list, drift == DRIFT_REPAIR ? "set again" : "reported");
}
