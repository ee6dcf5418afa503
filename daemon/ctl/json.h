/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What all parts of the command share for writing and reading JSON. Every text has been escaped before, so it is valid
 * UTF-8.
 */
#pragma once

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/macro.h"

static inline void json_putp(struct json_object **object)
{
        json_object_put(*object);
}
#define _cleanup_json_ _cleanup_(json_putp)

/* Escapes the text, which may come from outside (text_escape_again()). NULL becomes null. */
struct json_object *json_string(const char *text);
/* null if the number is not known. */
struct json_object *json_integer(bool known, int64_t value);
struct json_object *json_number(bool known, double value);
/* Takes over `value`. */
void json_add(struct json_object *object, const char *key, struct json_object *value);
/* Add an empty list under a key, an empty object at the end of a list. They return it, NULL when out of memory; it
 * belongs to what it is in. */
struct json_object *json_add_list(struct json_object *object, const char *key);
struct json_object *json_append_object(struct json_object *list);

/* The value of a key, which belongs to the object. NULL if the key is missing or null or its value has another type,
 * or if `object` is NULL or none. */
struct json_object *json_get(struct json_object *object, const char *key, json_type type);

/* Return the value of a key: "", false, 0 or NULL if it is null, missing or of another type, or if `object` is NULL.
 * Text and list belong to the object. */
const char *json_get_text(struct json_object *object, const char *key);
/* The same, but `otherwise` if the text is empty or not known. */
const char *json_get_text_or(struct json_object *object, const char *key, const char *otherwise);
bool json_get_flag(struct json_object *object, const char *key);
uint64_t json_get_number(struct json_object *object, const char *key);
struct json_object *json_get_list(struct json_object *object, const char *key);
/* True if the key has a value other than null. */
bool json_has(struct json_object *object, const char *key);
/* The number of elements of an array, 0 for NULL. */
size_t json_length(struct json_object *array);

/* Formats a value as one line of text: "yes", "3", "a b", "a=1 b=2", or "not known" for null. Heap string owned by the
 * caller, NULL when out of memory. */
char *json_format(struct json_object *value);

/* Print and free the object: json_print() indented, json_print_line() on one line. 0 or -ENOMEM. */
int json_print(FILE *out, struct json_object *object);
int json_print_line(FILE *out, struct json_object *object);
