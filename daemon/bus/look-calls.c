/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bus/look-calls.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "bus/properties.h"

typedef struct LookCall {
        sd_bus_message *call;
        bool released;
} LookCall;

bool look_calls_concern(sd_bus_message *call)
{
        const char *path = sd_bus_message_get_path(call), *member = sd_bus_message_get_member(call);

        if (!path || !member)
                return false;
        /* The answer lists the objects below this one. */
        if (strcmp(member, "Introspect") == 0)
                return true;
        if (strcmp(path, BUS_PATH) == 0)
                return strcmp(member, "Plan") == 0 || strcmp(member, "GetManagedObjects") == 0;
        return strncmp(path, BUS_PATH "/cpu", strlen(BUS_PATH "/cpu")) == 0;
}

int look_calls_add(LookCalls *calls, sd_bus_message *call)
{
        if (array_grow(&calls->calls, calls->n, sizeof(LookCall)) < 0)
                return -ENOMEM;
        calls->calls[calls->n++] = (LookCall) { .call = sd_bus_message_ref(call) };
        return 0;
}

void look_calls_release(LookCalls *calls, sd_bus *connection)
{
        size_t n = 0;

        for (size_t i = 0; i < calls->n; i++) {
                LookCall call = calls->calls[i];
                int r = call.released ? 0 : sd_bus_enqueue_for_read(connection, call.call);

                call.released = true;
                if (r >= 0) {
                        calls->calls[n++] = call;
                        continue;
                }
                (void)sd_bus_reply_method_errno(call.call, r, NULL);
                sd_bus_message_unref(call.call);
        }
        calls->n = n;
}

bool look_calls_take(LookCalls *calls, sd_bus_message *message)
{
        for (size_t i = 0; i < calls->n; i++) {
                LookCall *call = &calls->calls[i];

                if (call->call != message || !call->released)
                        continue;
                sd_bus_message_unref(call->call);
                memmove(call, call + 1, (calls->n - i - 1) * sizeof(*call));
                calls->n--;
                return true;
        }
        return false;
}

void look_calls_done(LookCalls *calls)
{
        for (size_t i = 0; i < calls->n; i++)
                sd_bus_message_unref(calls->calls[i].call);
        free(calls->calls);
        *calls = (LookCalls) {};
}
