/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/json.h"

#include <errno.h>

struct json_object *json_string(const char *text)
{
        return text ? json_object_new_string(text) : NULL;
}

void json_add(struct json_object *object, const char *key, struct json_object *value)
{
        (void)json_object_object_add(object, key, value);
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
