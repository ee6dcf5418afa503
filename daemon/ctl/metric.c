/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/metric.h"

#include <stdarg.h>
#include <string.h>

void metric_head(FILE *out, const char *name, const char *help)
{
        const char *type = strstr(name, "_total") ? "counter" : "gauge";

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

void metric_value(FILE *out, const char *name, const char *help, const char *format, ...)
{
        va_list ap;

        metric_head(out, name, help);
        fprintf(out, "tscwarden_%s ", name);
        va_start(ap, format);
        vfprintf(out, format, ap);
        va_end(ap);
        fputc('\n', out);
}

void metric_info(FILE *out, const char *name, const char *help, const char *label, const char *value)
{
        metric_head(out, name, help);
        fprintf(out, "tscwarden_%s{", name);
        metric_label(out, "", label, value);
        fputs("} 1\n", out);
}
