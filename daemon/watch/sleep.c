/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "watch/sleep.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "host/clock-set.h"
#include "watch/source.h"

/* The two clocks are read one after the other; the time between the readings is no sleep. */
#define SLEPT_USEC 500000

struct SleepWatch {
        int fd;
        sd_event_source *source;
        uint64_t (*get_asleep_usec)(void);
        uint64_t asleep_usec; /* since the boot, at the last check that found a sleep */
        SleepCallback callback;
        void *userdata;
};

void sleep_watch_check(SleepWatch *watch)
{
        uint64_t asleep = watch->get_asleep_usec(), slept = 0;

        if (asleep > watch->asleep_usec && asleep - watch->asleep_usec >= SLEPT_USEC) {
                slept = asleep - watch->asleep_usec;
                watch->asleep_usec = asleep;
        }
        log_message(LOG_DEBUG, "A sleep was reported or the clock was set; this host slept for %" PRIu64 " µs.", slept);
        watch->callback(slept, watch->userdata);
}

static int sleep_on_jump(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
        int r = clock_set_rearm(fd);

        /* Otherwise the file descriptor would stay readable for ever. */
        if (r < 0) {
                (void)log_error_errno(
                        r, "Jumps of the clock can no longer be noticed; only logind reports that this host slept");
                (void)sd_event_source_set_enabled(source, SD_EVENT_OFF);
        }
        sleep_watch_check(userdata);
        return 0;
}

int sleep_watch_new(sd_event *event, int fd, uint64_t (*asleep_usec)(void), SleepCallback callback, void *userdata,
                    SleepWatch **ret)
{
        _cleanup_(sleep_watch_freep) SleepWatch *watch = malloc(sizeof(*watch));
        int r;

        if (!watch) {
                if (fd >= 0)
                        close(fd);
                return -ENOMEM;
        }
        *watch = (SleepWatch) {
                .fd = fd,
                .get_asleep_usec = asleep_usec,
                .asleep_usec = asleep_usec(),
                .callback = callback,
                .userdata = userdata,
        };
        if (fd >= 0) {
                r = source_add_readable(event, &watch->source, fd, sleep_on_jump, watch, "clock-set");
                if (r < 0)
                        return r;
        }
        *ret = TAKE_PTR(watch);
        return 0;
}

SleepWatch *sleep_watch_free(SleepWatch *watch)
{
        if (!watch)
                return NULL;
        sd_event_source_disable_unref(watch->source);
        if (watch->fd >= 0)
                close(watch->fd);
        free(watch);
        return NULL;
}
