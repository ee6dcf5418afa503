/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/uevent.h"

#include <string.h>

#include "base/cpuset.h"
#include "base/macro.h"
#include "base/parse.h"

void uevent_parse(const char *message, size_t length, UeventText *ret)
{
        UeventText text = {};
        const struct {
                const char *key;
                const char **value;
        } fields[] = {
                { "ACTION=", &text.action }, { "DEVPATH=", &text.devpath }, { "SUBSYSTEM=", &text.subsystem },
                { "EVENT=", &text.event },   { "CREATED=", &text.created }, { "COUNT=", &text.count },
                { "PID=", &text.pid },
        };

        for (const char *at = message; at < message + length; at += strlen(at) + 1)
                for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
                        if (strncmp(at, fields[i].key, strlen(fields[i].key)) == 0)
                                *fields[i].value = at + strlen(fields[i].key);
        *ret = text;
}

static bool text_is(const char *text, const char *const *words)
{
        for (; text && *words; words++)
                if (strcmp(text, *words) == 0)
                        return true;
        return false;
}

static bool classify_cpu(const UeventText *text, Uevent *ret)
{
        static const char prefix[] = "/devices/system/cpu/cpu";
        static const char *const actions[] = { "add", "remove", "online", "offline", NULL };
        unsigned cpu;

        if (!text_is(text->action, actions) || strncmp(text->devpath, prefix, strlen(prefix)) != 0 ||
            parse_unsigned(text->devpath + strlen(prefix), 0, CPUSET_MAX - 1, &cpu) < 0)
                return false;
        *ret = (Uevent) { .kind = UEVENT_CPU, .cpu = cpu };
        return true;
}

static bool classify_module(const UeventText *text, Uevent *ret)
{
        static const char *const actions[] = { "add", "remove", NULL };

        if (!text_is(text->action, actions))
                return false;
        *ret = (Uevent) { .kind = UEVENT_MODULE };
        return true;
}

static bool classify_kvm(const UeventText *text, Uevent *ret)
{
        Uevent event = { .n_vms = UINT32_MAX };

        if (strcmp(text->devpath, "/devices/virtual/misc/kvm") != 0 || !text->event)
                return false;
        if (strcmp(text->event, "create") == 0)
                event.kind = UEVENT_KVM_CREATE;
        else if (strcmp(text->event, "destroy") == 0)
                event.kind = UEVENT_KVM_DESTROY;
        else
                return false;
        /* A property that is missing or no number leaves the value as it is. */
        (void)parse_u64(text->created ? text->created : "", 1, UINT64_MAX - 1, &event.n_created);
        (void)parse_unsigned(text->count ? text->count : "", 0, UINT32_MAX - 1, &event.n_vms);
        (void)parse_unsigned(text->pid ? text->pid : "", 1, INT32_MAX, &event.pid);
        *ret = event;
        return true;
}

bool uevent_classify(const UeventText *text, Uevent *ret)
{
        if (!text->devpath || !text->subsystem)
                return false;
        if (strcmp(text->subsystem, "cpu") == 0)
                return classify_cpu(text, ret);
        if (strcmp(text->subsystem, "module") == 0)
                return classify_module(text, ret);
        return strcmp(text->subsystem, "misc") == 0 && classify_kvm(text, ret);
}
