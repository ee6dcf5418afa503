/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/time.h"
#include "base/words.h"
#include "ctl/ctl-bus.h"
#include "ctl/json.h"
#include "ctl/verbs.h"
#include "show/print.h"

typedef struct NewsText {
        const char *event; /* "Event" in JSON: the signal's name where there is one */
        const char *keys[NEWS_WORDS_MAX];
} NewsText;

static const NewsText news_texts[] = {
        [NEWS_STARTED] = { "Started", {} },
        [NEWS_STOPPED] = { "Stopped", {} },
        [NEWS_VERDICT] = { "VerdictChanged", { "Old", "New", "Reason", "KernelLine" } },
        [NEWS_CLOCKSOURCE] = { "ClocksourceChanged", { "Old", "New" } },
        [NEWS_DRIFT] = { "Drift", { "Object", "Knob", "Wanted", "Actual", "Pid", "Writer", "Repaired" } },
        [NEWS_PROPERTY] = { "PropertyChanged", { "Property", "Old", "New" } },
};

static void print_news_json(const News *news)
{
        const NewsText *text = &news_texts[news->kind];
        struct json_object *json = json_object_new_object();

        json_add(json, "RealtimeUSec", json_object_new_uint64(time_usec(CLOCK_REALTIME)));
        json_add(json, "Event", json_string(text->event));
        for (unsigned i = 0; i < NEWS_WORDS_MAX && text->keys[i]; i++)
                json_add(json, text->keys[i], json_string(news->words[i]));
        if (news->kind == NEWS_STARTED) {
                json_add(json, "Verdict", json_string(json_get_text(news->state->clock, "Verdict")));
                json_add(json, "State", json_string(json_get_text(news->state->manager, "State")));
        }
        (void)json_print_line(stdout, json);
}

/* True for properties that change only together with a signal which already has a line. */
static bool has_news_of_its_own(const char *property)
{
        return words_have("Verdict Reason ReasonText Remedy KernelLine SinceUSec SinceMonotonicUSec Clocksource "
                          "ClocksourceChanges LostAfterUse LastAppliedUSec LastAppliedMonotonicUSec DriftCount "
                          "DriftCounts RunningVMNames VMsWhenLost",
                          property);
}

static void print_news(const News *news)
{
        const char *const *w = news->words;
        char stamp[PRINT_TIME_SIZE];

        printf("%s  ", print_stamp(time_usec(CLOCK_REALTIME), stamp));
        switch (news->kind) {
        case NEWS_STARTED:
                printf("tscwardend runs: TSC %s, policy %s\n", json_get_text(news->state->clock, "Verdict"),
                       json_get_text(news->state->manager, "State"));
                break;
        case NEWS_STOPPED:
                puts("tscwardend does not run");
                break;
        case NEWS_VERDICT:
                printf("TSC: %s -> %s%s%s%s%s%s\n", w[0], w[1], w[2][0] ? " (" : "", w[2], w[2][0] ? ")" : "",
                       w[3][0] ? "; kernel: " : "", w[3]);
                break;
        case NEWS_CLOCKSOURCE:
                printf("clocksource: %s -> %s\n", w[0], w[1]);
                break;
        case NEWS_DRIFT:
                printf("drift: %s/%s is %s, should be %s; by %s%s%s; %s\n", w[0], w[1], w[3], w[2],
                       w[5][0] ? w[5] : "somebody unknown", w[4][0] ? ", pid " : "", w[4],
                       strcmp(w[6], "yes") == 0 ? "repaired" : "left as it is");
                break;
        case NEWS_PROPERTY:
                /* The old value of a sentence was printed before, so only the new one is shown. */
                if (strstr(w[0], "Reason"))
                        printf("%s: %s\n", w[0], w[2]);
                else
                        printf("%s: %s -> %s\n", w[0], w[1][0] ? w[1] : "(none)", w[2][0] ? w[2] : "(none)");
                break;
        }
}

typedef struct Watch {
        const CtlOptions *options;
        bool heard; /* something was received over the present connection */
} Watch;

static bool on_news(const News *news, void *userdata)
{
        Watch *watch = userdata;

        watch->heard = true;
        if (news->kind == NEWS_PROPERTY && has_news_of_its_own(news->words[0]))
                return true;
        if (watch->options->json)
                print_news_json(news);
        else
                print_news(news);
        return fflush(stdout) == 0 && !ferror(stdout);
}

int verb_watch(const CtlOptions *options)
{
        bool ever_heard = false;

        /* Each line is written at once, even to a pipe. */
        setvbuf(stdout, NULL, _IOLBF, 0);
        for (;;) {
                _cleanup_(ctl_bus_freep) CtlBus *bus = ctl_bus_open(options->host);
                Watch watch = { .options = options };

                if (ctl_bus_watch(bus, on_news, &watch) == BUS_OK)
                        return ctl_finish(0, CTL_FINE);
                if (!watch.heard && !ever_heard)
                        return ctl_complain("%s", ctl_bus_why(bus));
                /* One message for each lost connection, not one for each attempt to reconnect. */
                if (watch.heard)
                        (void)ctl_complain("%s", ctl_bus_why(bus));
                ever_heard = true;
                sleep(1);
        }
}
