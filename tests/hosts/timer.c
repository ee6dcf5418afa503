/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <time.h>

#include "host.h"

struct Timer {
        uint64_t when_ms;
        TimerHandler handler;
        void *data;
        Timer *next;
};

static uint64_t now_ms(void)
{
        struct timespec ts;

        clock_gettime(CLOCK_MONOTONIC, &ts);
        return (uint64_t)ts.tv_sec * 1000U + (uint64_t)ts.tv_nsec / 1000000U;
}

int timer_add(Host *host, unsigned ms, TimerHandler handler, void *data)
{
        Timer *t = malloc(sizeof(*t)), **at;

        if (!t)
                return -ENOMEM;
        *t = (Timer) { .when_ms = now_ms() + ms, .handler = handler, .data = data };
        for (at = &host->timers; *at && (*at)->when_ms <= t->when_ms; at = &(*at)->next)
                ;
        t->next = *at;
        *at = t;
        return 0;
}

int timer_next(const Host *host)
{
        uint64_t now;

        if (!host->timers)
                return -1;
        now = now_ms();
        if (host->timers->when_ms <= now)
                return 0;
        uint64_t left = host->timers->when_ms - now;
        return left > INT_MAX ? INT_MAX : (int)left;
}

void timer_run(Host *host)
{
        uint64_t now = now_ms();

        while (host->timers && host->timers->when_ms <= now) {
                Timer *t = host->timers;

                host->timers = t->next;
                t->handler(host, t->data);
                free(t);
        }
}

void timer_done(Host *host)
{
        while (host->timers) {
                Timer *t = host->timers;

                host->timers = t->next;
                free(t);
        }
}
