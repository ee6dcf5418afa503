/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Understands the signals of tscwardend. Pure: the signals come as JSON.
 */
#pragma once

#include "ctl/ctl-state.h"

typedef enum NewsKind {
        NEWS_STARTED,     /* tscwardend is there; *state is filled */
        NEWS_STOPPED,     /* and is not any more, or not yet */
        NEWS_VERDICT,     /* words: old, new, reason, kernel line */
        NEWS_CLOCKSOURCE, /* words: old, new */
        NEWS_DRIFT,       /* words: object, knob, wanted, actual, pid ("" unknown), writer, "yes" when repaired */
        NEWS_PROPERTY,    /* words: name, old, new */
} NewsKind;

#define NEWS_WORDS_MAX 7

typedef struct News {
        NewsKind kind;
        const char *words[NEWS_WORDS_MAX]; /* escaped; valid during the call */
        const WardenState *state;
} News;

typedef struct BusSignal {
        const char *interface, *member;
        const char *signature;         /* of the arguments, as D-Bus writes it */
        struct json_object *arguments; /* array of their values */
} BusSignal;

/* Calls tell() for what the signal says; of changed properties, which it takes over into `state`, for each whose text differs.
 * A signal that is not known, or has another signature, says nothing. 0 or -ENOMEM. */
int news_from_signal(const BusSignal *signal, WardenState *state, void (*tell)(const News *news, void *userdata),
                     void *userdata);
