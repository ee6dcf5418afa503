/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What is the same wherever the command writes JSON. Every text is valid UTF-8 by then: it has been escaped.
 */
#pragma once

#include <json-c/json.h>
#include <stdio.h>

/* null for NULL. */
struct json_object *json_string(const char *text);
/* Takes over `value`. */
void json_add(struct json_object *object, const char *key, struct json_object *value);
/* Prints and frees it: indented, or on one line. 0 or -ENOMEM. */
int json_print(FILE *out, struct json_object *object);
int json_print_line(FILE *out, struct json_object *object);
