/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Prints lines of Prometheus' text format 0.0.4.
 */
#pragma once

#include <stdio.h>

/* Prints the two lines before the samples of tscwarden_NAME. */
void metric_head(FILE *out, const char *name, const char *type, const char *help);

/* name="value" behind `separator`, as the format wants it: no newline is left in escaped text. */
void metric_label(FILE *out, const char *separator, const char *name, const char *value);
