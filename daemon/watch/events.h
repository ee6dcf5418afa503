/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Logs important events with a MESSAGE_ID and keeps the last ones, so that `tscwarden status` needs no right to read
 * the journal.
 */
#pragma once

#include "base/macro.h"
#include "model/event.h"

#define EVENTS_MAX 64U

typedef struct Events Events;

/* 0 or -ENOMEM. */
int events_new(Events **ret);
/* `events` may be NULL. */
Events *events_free(Events *events);
DEFINE_CLEANUP(Events, events_free);

/* `name` is a literal. `fields` are further "KEY=value" fields for the journal, NULL-terminated, or NULL. Out of memory
 * only the name is logged. */
void events_log(Events *events, int level, const char *name, const char *message_id, const char *const *fields,
                const char *format, ...) _printf_(6, 7);

/* The same for a line of which not every user may read all: `public_text` (NULL: out of memory) is kept for the bus. */
void events_log_public(Events *events, int level, const char *name, const char *message_id, const char *const *fields,
                       const char *text, const char *public_text);

/* The i-th of the last EVENTS_MAX events, oldest first; NULL beyond the last. Valid until the next events_log(). */
const Event *events_get(const Events *events, unsigned i);
