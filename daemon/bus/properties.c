/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bus/properties.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "base/array.h"
#include "base/log.h"
#include "base/macro.h"
#include "base/time.h"

#define PROPERTIES_MAX 32

static bool is_end(const sd_bus_vtable *entry)
{
        return entry->type == _SD_BUS_VTABLE_END;
}

/* The struct owns it. */
static bool is_stored(const sd_bus_vtable *entry)
{
        sd_bus_property_get_t get = entry->x.property.get;

        return entry->type == _SD_BUS_VTABLE_PROPERTY && !(entry->flags & SD_BUS_VTABLE_PROPERTY_CONST) &&
               (!get || get == properties_get_text || get == properties_get_texts);
}

static void *value_of(const sd_bus_vtable *entry, const void *object)
{
        return (char *)object + entry->x.property.offset;
}

void properties_done(const sd_bus_vtable *vtable, void *object)
{
        for (const sd_bus_vtable *entry = vtable; !is_end(entry); entry++) {
                if (!is_stored(entry))
                        continue;
                if (strcmp(entry->x.property.signature, "s") == 0)
                        free(*(char **)value_of(entry, object));
                else if (strcmp(entry->x.property.signature, "as") == 0)
                        strings_free(*(char ***)value_of(entry, object));
        }
}

static bool texts_equal(const char *a, const char *b)
{
        return strcmp(a ? a : "", b ? b : "") == 0;
}

static bool lists_equal(char **a, char **b)
{
        static char *none[] = { NULL };

        for (a = a ? a : none, b = b ? b : none; *a && *b; a++, b++)
                if (strcmp(*a, *b) != 0)
                        return false;
        return *a == *b;
}

static bool value_equal(const sd_bus_vtable *entry, const void *a, const void *b)
{
        const char *signature = entry->x.property.signature;

        a = value_of(entry, a);
        b = value_of(entry, b);
        if (strcmp(signature, "s") == 0)
                return texts_equal(*(char *const *)a, *(char *const *)b);
        if (strcmp(signature, "as") == 0)
                return lists_equal(*(char **const *)a, *(char **const *)b);
        return memcmp(a, b, strcmp(signature, "t") == 0 ? sizeof(uint64_t) : sizeof(uint32_t)) == 0;
}

void properties_replace(sd_bus *connection, const char *interface, const sd_bus_vtable *vtable, void *object,
                        void *fresh, size_t size)
{
        const char *changed[PROPERTIES_MAX + 1];
        unsigned n = 0;

        for (const sd_bus_vtable *entry = vtable; !is_end(entry) && n < PROPERTIES_MAX; entry++)
                if (is_stored(entry) && (entry->flags & SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE) &&
                    !value_equal(entry, object, fresh))
                        changed[n++] = entry->x.property.member;
        changed[n] = NULL;

        properties_done(vtable, object);
        memcpy(object, fresh, size);
        memset(fresh, 0, size);
        if (n > 0 && connection && sd_bus_is_ready(connection) > 0)
                (void)sd_bus_emit_properties_changed_strv(connection, BUS_PATH, interface, (char **)changed);
}

int properties_append(sd_bus_message *reply, const char *text)
{
        /* A plan for a large host has tens of thousands, so sd-bus is not to look at a signature for each. */
        int r = sd_bus_message_append_basic(reply, 's', text ? text : "");

        return r == -EINVAL ? sd_bus_message_append_basic(reply, 's', "(cannot be sent)") : r;
}

static int append_values(sd_bus_message *message, const char *types, va_list values)
{
        int r = 0;

        for (; *types && r >= 0; types++)
                switch (*types) {
                case 's':
                        r = properties_append(message, va_arg(values, const char *));
                        break;
                case 'b':
                        r = sd_bus_message_append(message, "b", va_arg(values, int));
                        break;
                case 'u':
                        r = sd_bus_message_append(message, "u", va_arg(values, uint32_t));
                        break;
                case 't':
                        r = sd_bus_message_append(message, "t", va_arg(values, uint64_t));
                        break;
                default:
                        r = -EINVAL;
                }
        return r;
}

int properties_append_struct(sd_bus_message *reply, const char *types, ...)
{
        int r = sd_bus_message_open_container(reply, 'r', types);
        va_list values;

        if (r < 0)
                return r;
        va_start(values, types);
        r = append_values(reply, types, values);
        va_end(values);
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

int properties_emit(sd_bus *connection, const char *interface, const char *member, const char *types, ...)
{
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *message = NULL;
        int r = sd_bus_message_new_signal(connection, &message, BUS_PATH, interface, member);
        va_list values;

        if (r < 0)
                return r;
        va_start(values, types);
        r = append_values(message, types, values);
        va_end(values);
        if (r < 0)
                return r;
        r = sd_bus_send(NULL, message, NULL);
        return r < 0 ? r : 0;
}

int properties_get_text(sd_bus *connection, const char *path, const char *interface, const char *property,
                        sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        return properties_append(reply, *(char *const *)userdata);
}

int properties_get_texts(sd_bus *connection, const char *path, const char *interface, const char *property,
                         sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        char *const *texts = *(char **const *)userdata;
        int r = sd_bus_message_open_container(reply, 'a', "s");

        for (; texts && *texts && r >= 0; texts++)
                r = properties_append(reply, *texts);
        return r < 0 ? r : sd_bus_message_close_container(reply);
}

int properties_get_realtime(sd_bus *connection, const char *path, const char *interface, const char *property,
                            sd_bus_message *reply, void *userdata, sd_bus_error *error)
{
        const uint64_t *monotonic = userdata;
        uint64_t usec = *monotonic ? time_usec(CLOCK_REALTIME) - time_usec(CLOCK_MONOTONIC) + *monotonic : 0;

        return sd_bus_message_append(reply, "t", usec);
}

char *properties_text(const char *text)
{
        return text ? text_escape(text) : NULL;
}

char *properties_sentence(char *text)
{
        char *safe = text ? text_escape_again(text) : NULL;

        free(text);
        return safe;
}

char **properties_words(const char *text)
{
        _cleanup_free_ char *copy = strdup(text);
        char *rest = copy, *word;
        char **words = calloc(strlen(text) / 2 + 2, sizeof(char *));
        size_t n = 0;

        while (copy && words && (word = strsep(&rest, " ")))
                if (word[0] && (words[n] = properties_text(word)))
                        n++;
        return words;
}
