/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Prints lines of Prometheus' text format 0.0.4. All names get the prefix "tscwarden_".
 */
#pragma once

#include <stdio.h>

#include "base/macro.h"

/* Prints the two lines before the samples of a metric. It is a counter if its name ends with "_total", as Prometheus
 * wants counters named; otherwise a gauge. */
void metric_head(FILE *out, const char *name, const char *help);

/* name="value" behind `separator`, as the format wants it: no newline is left in escaped text. */
void metric_label(FILE *out, const char *separator, const char *name, const char *value);

/* Prints a metric that has one sample without labels. */
void metric_value(FILE *out, const char *name, const char *help, const char *format, ...) _printf_(4, 5);
/* Prints a metric that has one sample, a label with the value 1. */
void metric_info(FILE *out, const char *name, const char *help, const char *label, const char *value);
