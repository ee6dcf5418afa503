/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "check/late.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Columns of proc_stat(5): user nice system idle iowait irq softirq steal. The following guest times are part of
 * `user`. */
enum { STAT_SOFTIRQ = 6, STAT_STEAL = 7, STAT_COLUMNS = 8 };

static void parse_stat(const char *text, Late *late)
{
        double columns[STAT_COLUMNS], sum = 0;
        const char *p = text + 4;

        if (strncmp(text, "cpu ", 4) != 0)
                return;
        for (unsigned i = 0; i < STAT_COLUMNS; i++) {
                char *end;

                columns[i] = strtod(p, &end);
                if (end == p || columns[i] < 0)
                        return;
                sum += columns[i];
                p = end;
        }
        if (sum <= 0)
                return;
        late->stat_known = true;
        late->steal_percent = columns[STAT_STEAL] / sum * 100;
        late->softirq_percent = columns[STAT_SOFTIRQ] / sum * 100;
}

void late_parse(const char *stat, const char *pressure, Late *ret)
{
        const char *full = pressure ? strstr(pressure, "full ") : NULL;
        const char *average = full ? strstr(full, "avg300=") : NULL;
        Late late = {};

        if (stat)
                parse_stat(stat, &late);
        late.pressure_known = average && sscanf(average, "avg300=%lf", &late.irq_percent) == 1;
        *ret = late;
}

bool late_is_bad(const Late *late)
{
        return (late->stat_known && late->steal_percent >= LATE_STEAL_PERCENT) ||
               (late->pressure_known && late->irq_percent >= LATE_IRQ_PERCENT);
}
