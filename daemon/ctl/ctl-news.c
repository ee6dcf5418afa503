/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/ctl-news.h"

#include <errno.h>
#include <string.h>

#include "ctl/json.h"

static void words_done(char *(*words)[NEWS_WORDS_MAX])
{
        for (unsigned i = 0; i < NEWS_WORDS_MAX; i++)
                free((*words)[i]);
}

void news_report(NewsListener *listener, const News *news)
{
        listener->enough = listener->enough || !listener->handler(news, listener->userdata);
}

/* The signal's arguments become the words, in the same order. */
static int report_words(NewsListener *listener, NewsKind kind, struct json_object *arguments)
{
        _cleanup_(words_done) char *words[NEWS_WORDS_MAX] = {};
        News news = { .kind = kind, .state = &listener->state };

        for (size_t i = 0; i < json_length(arguments); i++) {
                struct json_object *argument = json_object_array_get_idx(arguments, i);
                /* The only number among the arguments is a pid; 0 means that it is not known. */
                bool no_pid = json_object_is_type(argument, json_type_int) && json_object_get_int64(argument) == 0;

                words[i] = no_pid ? strdup("") : json_format(argument);
                if (!words[i])
                        return -ENOMEM;
                news.words[i] = words[i];
        }
        news_report(listener, &news);
        return 0;
}

static int report_properties(NewsListener *listener, struct json_object *arguments)
{
        const char *interface = json_object_get_string(json_object_array_get_idx(arguments, 0));
        bool of_manager = strcmp(interface, MANAGER_INTERFACE) == 0;
        struct json_object *changed = json_object_array_get_idx(arguments, 1);
        struct json_object *object = of_manager ? listener->state.manager : listener->state.clock;

        if (!of_manager && strcmp(interface, CLOCK_INTERFACE) != 0)
                return 0;
        for (const Property *property = of_manager ? manager_properties : clock_properties; property->name;
             property++) {
                _cleanup_free_ char *old = json_format(json_object_object_get(object, property->name)), *new = NULL;

                if (!old || property_from_bus(property, changed, object) < 0)
                        return -ENOMEM;
                new = json_format(json_object_object_get(object, property->name));
                if (!new)
                        return -ENOMEM;
                if (strcmp(old, new) != 0)
                        news_report(listener,
                                    &(News) { NEWS_PROPERTY, { property->name, old, new }, &listener->state });
        }
        return 0;
}

int news_from_signal(NewsListener *listener, const BusSignal *signal)
{
        static const struct {
                const char *interface, *member, *signature;
                NewsKind kind;
        } signals[] = {
                { CLOCK_INTERFACE, "VerdictChanged", "ssss", NEWS_VERDICT },
                { CLOCK_INTERFACE, "ClocksourceChanged", "ss", NEWS_CLOCKSOURCE },
                { MANAGER_INTERFACE, "Drift", "ssssusb", NEWS_DRIFT },
                { PROPERTIES_INTERFACE, "PropertiesChanged", "sa{sv}as", NEWS_PROPERTY },
        };

        for (unsigned i = 0; i < ARRAY_SIZE(signals); i++) {
                if (strcmp(signals[i].interface, signal->interface) != 0 ||
                    strcmp(signals[i].member, signal->member) != 0 ||
                    strcmp(signals[i].signature, signal->signature) != 0)
                        continue;
                if (signals[i].kind == NEWS_PROPERTY)
                        return report_properties(listener, signal->arguments);
                return report_words(listener, signals[i].kind, signal->arguments);
        }
        return 0;
}
