/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/json.h"

#include <errno.h>

#include "base/log.h"
#include "base/macro.h"

struct json_object *json_string(const char *text)
{
        _cleanup_free_ char *safe = text ? text_escape_again(text) : NULL;

        return safe ? json_object_new_string(safe) : NULL;
}

struct json_object *json_integer(bool known, int64_t value)
{
        return known ? json_object_new_int64(value) : NULL;
}

struct json_object *json_number(bool known, double value)
{
        return known ? json_object_new_double(value) : NULL;
}

void json_add(struct json_object *object, const char *key, struct json_object *value)
{
        (void)json_object_object_add(object, key, value);
}

struct json_object *json_add_list(struct json_object *object, const char *key)
{
        struct json_object *list = json_object_new_array();

        json_add(object, key, list);
        return list;
}

struct json_object *json_append_object(struct json_object *list)
{
        struct json_object *object = json_object_new_object();

        if (object && json_object_array_add(list, object) == 0)
                return object;
        json_object_put(object);
        return NULL;
}

struct json_object *json_get(struct json_object *object, const char *key, json_type type)
{
        struct json_object *value;

        return json_object_object_get_ex(object, key, &value) && json_object_is_type(value, type) ? value : NULL;
}

const char *json_get_text(struct json_object *object, const char *key)
{
        struct json_object *value = json_get(object, key, json_type_string);

        return value ? json_object_get_string(value) : "";
}

const char *json_get_text_or(struct json_object *object, const char *key, const char *otherwise)
{
        const char *text = json_get_text(object, key);

        return text[0] ? text : otherwise;
}

bool json_get_flag(struct json_object *object, const char *key)
{
        return json_object_get_boolean(json_get(object, key, json_type_boolean));
}

uint64_t json_get_number(struct json_object *object, const char *key)
{
        return json_object_get_uint64(json_get(object, key, json_type_int));
}

struct json_object *json_get_list(struct json_object *object, const char *key)
{
        return json_get(object, key, json_type_array);
}

bool json_has(struct json_object *object, const char *key)
{
        struct json_object *value;

        return json_object_object_get_ex(object, key, &value) && value;
}

size_t json_length(struct json_object *array)
{
        return array ? json_object_array_length(array) : 0;
}

static const char *format_scalar(struct json_object *value)
{
        if (!value)
                return "not known";
        if (json_object_is_type(value, json_type_boolean))
                return json_object_get_boolean(value) ? "yes" : "no";
        return json_object_get_string(value);
}

char *json_format(struct json_object *value)
{
        char *text = NULL;
        size_t size;
        FILE *out = open_memstream(&text, &size);

        if (!out)
                return NULL;
        if (json_object_is_type(value, json_type_array)) {
                for (size_t i = 0; i < json_length(value); i++)
                        fprintf(out, "%s%s", i ? " " : "", format_scalar(json_object_array_get_idx(value, i)));
        } else if (json_object_is_type(value, json_type_object)) {
                const char *separator = "";

                json_object_object_foreach(value, key, entry)
                {
                        fprintf(out, "%s%s=%s", separator, key, format_scalar(entry));
                        separator = " ";
                }
        } else
                fputs(format_scalar(value), out);
        return text_finish(out, &text);
}

static int print(FILE *out, struct json_object *object, int flags)
{
        const char *text = json_object_to_json_string_ext(object, flags | JSON_C_TO_STRING_NOSLASHESCAPE);

        if (text)
                fprintf(out, "%s\n", text);
        json_object_put(object);
        return text ? 0 : -ENOMEM;
}

int json_print(FILE *out, struct json_object *object)
{
        return print(out, object, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED);
}

int json_print_line(FILE *out, struct json_object *object)
{
        return print(out, object, JSON_C_TO_STRING_PLAIN);
}
