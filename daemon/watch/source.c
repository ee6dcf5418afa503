/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "watch/source.h"

#include <sys/epoll.h>
#include <time.h>

int source_add_timer(sd_event *event, sd_event_source **ret, uint64_t accuracy_usec, sd_event_time_handler_t on_time,
                     void *userdata, const char *name)
{
        int r = sd_event_add_time(event, ret, CLOCK_MONOTONIC, 0, accuracy_usec, on_time, userdata);

        if (r < 0)
                return r;
        (void)sd_event_source_set_description(*ret, name);
        return sd_event_source_set_enabled(*ret, SD_EVENT_OFF);
}

int source_add_defer(sd_event *event, sd_event_source **ret, sd_event_handler_t on_turn, void *userdata,
                     const char *name)
{
        int r = sd_event_add_defer(event, ret, on_turn, userdata);

        if (r < 0)
                return r;
        (void)sd_event_source_set_description(*ret, name);
        return sd_event_source_set_enabled(*ret, SD_EVENT_OFF);
}

int source_add_readable(sd_event *event, sd_event_source **ret, int fd, sd_event_io_handler_t on_readable,
                        void *userdata, const char *name)
{
        int r = sd_event_add_io(event, ret, fd, EPOLLIN, on_readable, userdata);

        if (r < 0)
                return r;
        (void)sd_event_source_set_description(*ret, name);
        return 0;
}

int source_arm(sd_event_source *timer, uint64_t deadline_usec)
{
        int r = sd_event_source_set_time(timer, deadline_usec);

        if (r < 0)
                return r;
        return sd_event_source_set_enabled(timer, deadline_usec == UINT64_MAX ? SD_EVENT_OFF : SD_EVENT_ONESHOT);
}
