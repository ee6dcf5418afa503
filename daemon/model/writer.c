/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/writer.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"

static char *format(const Writer *w, const char *command)
{
        if (w->pid == 0)
                return strdup("somebody who cannot be named");
        if (!w->comm[0])
                return text_format("a process that had ended already, pid %d", (int)w->pid);
        return text_format("%s, pid %d%s%s%s%s%s", w->comm, (int)w->pid, w->unit[0] ? " of " : "", w->unit,
                           command[0] ? " (" : "", command, command[0] ? ")" : "");
}

char *writer_format(const Writer *w)
{
        return format(w, w->command);
}

char *writer_format_public(const Writer *w)
{
        return format(w, "");
}

char *writer_format_name(const Writer *w)
{
        if (!w->comm[0])
                return strdup("");
        return text_format("%s%s%s", w->comm, w->unit[0] ? " of " : "", w->unit);
}

/* thermald itself writes the maxima (thermal_daemon's src/thd_cdev_cpufreq.cpp). */
bool writer_is_thermal(const Writer *w)
{
        return strcmp(w->comm, "thermald") == 0 || strcmp(w->unit, "thermald.service") == 0;
}
