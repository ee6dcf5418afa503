/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "watch/events.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/time.h"

struct Events {
        Event ring[EVENTS_MAX];
        unsigned n; /* number of events since the start */
};

int events_new(Events **ret)
{
        Events *events = calloc(1, sizeof(*events));

        if (!events)
                return -ENOMEM;
        *ret = events;
        return 0;
}

Events *events_free(Events *events)
{
        if (!events)
                return NULL;
        for (unsigned i = 0; i < EVENTS_MAX; i++)
                free(events->ring[i].text);
        free(events);
        return NULL;
}

/* Takes over `text`. */
static void events_keep(Events *events, const char *name, char *text)
{
        Event *event = &events->ring[events->n % EVENTS_MAX];

        free(event->text);
        *event = (Event) {
                .realtime_usec = time_usec(CLOCK_REALTIME),
                .monotonic_usec = time_usec(CLOCK_MONOTONIC),
                .name = name,
                .text = text,
        };
        events->n++;
}

void events_log_public(Events *events, int level, const char *name, const char *message_id, const char *const *fields,
                       const char *text, const char *public_text)
{
        char *safe = text_escape_again(public_text ? public_text : name);

        log_event(level, message_id, fields, "%s", text);
        if (safe)
                events_keep(events, name, safe);
}

void events_log(Events *events, int level, const char *name, const char *message_id, const char *const *fields,
                const char *format, ...)
{
        _cleanup_free_ char *message = NULL;
        va_list ap;

        va_start(ap, format);
        message = text_format_valist(format, ap);
        va_end(ap);
        events_log_public(events, level, name, message_id, fields, message ? message : name, message);
}

const Event *events_get(const Events *events, unsigned i)
{
        unsigned first = events->n > EVENTS_MAX ? events->n - EVENTS_MAX : 0;

        return first + i < events->n ? &events->ring[(first + i) % EVENTS_MAX] : NULL;
}
