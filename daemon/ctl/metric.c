/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/metric.h"

void metric_head(FILE *out, const char *name, const char *type, const char *help)
{
        fprintf(out, "# HELP tscwarden_%s %s\n# TYPE tscwarden_%s %s\n", name, help, name, type);
}

void metric_label(FILE *out, const char *separator, const char *name, const char *value)
{
        fprintf(out, "%s%s=\"", separator, name);
        for (; *value; value++) {
                if (*value == '"' || *value == '\\')
                        fputc('\\', out);
                fputc(*value, out);
        }
        fputc('"', out);
}
