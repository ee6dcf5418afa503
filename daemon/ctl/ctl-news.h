/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Interprets the signals of tscwardend, which the caller has converted to JSON.
 */
#pragma once

#include <stdbool.h>

#include "ctl/ctl-state.h"

typedef enum NewsKind {
        NEWS_STARTED,     /* tscwardend runs; `state` is filled */
        NEWS_STOPPED,     /* tscwardend does not run */
        NEWS_VERDICT,     /* words: old, new, reason, kernel line */
        NEWS_CLOCKSOURCE, /* words: old, new */
        NEWS_DRIFT,       /* words: object, knob, wanted, actual, pid ("" unknown), writer, "yes" when repaired */
        NEWS_PROPERTY,    /* words: name, old, new */
} NewsKind;

#define NEWS_WORDS_MAX 7

typedef struct News {
        NewsKind kind;
        const char *words[NEWS_WORDS_MAX]; /* valid only during the call of the handler */
        const WardenState *state;
} News;

/* Returns false if it wants no more news. */
typedef bool (*NewsHandler)(const News *news, void *userdata);

typedef struct NewsListener {
        NewsHandler handler;
        void *userdata;
        WardenState state;
        bool enough; /* the handler has returned false: it is not called again */
} NewsListener;

/* Calls the handler, unless it wants no more news. */
void news_report(NewsListener *listener, const News *news);

typedef struct BusSignal {
        const char *interface, *member;
        const char *signature;         /* of the arguments, as D-Bus writes it */
        struct json_object *arguments; /* array of their values */
} BusSignal;

/* Reports a signal. For changed properties, it updates listener->state and reports each property whose text differs.
 * Ignores unknown signals and signals with another signature. 0 or -ENOMEM. */
int news_from_signal(NewsListener *listener, const BusSignal *signal);
