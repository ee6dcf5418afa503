/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "watch/conviction.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>

#include "base/log.h"
#include "host/convicted.h"

struct ConvictionWatch {
        int runtime_fd;
        sd_event_source *source;
        bool convicted;
        ConvictionCallback callback;
        void *userdata;
};

static void read_again(ConvictionWatch *watch)
{
        bool convicted = convicted_read(watch->runtime_fd);

        if (convicted == watch->convicted)
                return;
        watch->convicted = convicted;
        watch->callback(convicted, watch->userdata);
}

/* After an overflow of the queue (IN_Q_OVERFLOW, without a name) our event may be among the lost ones. */
static int on_inotify(sd_event_source *source, const struct inotify_event *event, void *userdata)
{
        if (event->len == 0 || strcmp(event->name, CONVICTED_FILE) == 0)
                read_again(userdata);
        return 0;
}

int conviction_watch_new(sd_event *event, int runtime_fd, ConvictionCallback callback, void *userdata,
                         ConvictionWatch **ret)
{
        _cleanup_(conviction_watch_freep) ConvictionWatch *watch = calloc(1, sizeof(*watch));
        int r;

        if (!watch)
                return -ENOMEM;
        watch->runtime_fd = runtime_fd;
        watch->callback = callback;
        watch->userdata = userdata;
        if (runtime_fd >= 0) {
                r = sd_event_add_inotify_fd(event, &watch->source, runtime_fd, IN_MOVED_TO | IN_DELETE, on_inotify,
                                            watch);
                if (r == -ENOMEM)
                        return r;
                if (r < 0)
                        (void)log_error_errno(
                                r, "The daemon cannot watch for results of tscwarden probe; restart tscwarden to read "
                                   "them");
                else
                        (void)sd_event_source_set_description(watch->source, "conviction");
                read_again(watch);
        }
        *ret = TAKE_PTR(watch);
        return 0;
}

ConvictionWatch *conviction_watch_free(ConvictionWatch *watch)
{
        if (!watch)
                return NULL;
        sd_event_source_disable_unref(watch->source);
        free(watch);
        return NULL;
}
