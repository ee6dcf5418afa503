/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "manager/look.h"

#include <malloc.h>

#include "base/log.h"
#include "base/time.h"
#include "watch/source.h"

#define LOOK_AGAIN_USEC 1000000

void look_forget(Look *look)
{
        plan_done(&look->kept.plan);
        snapshot_done(&look->kept.snapshot);
        look->kept = (ManagerLook) {};
}

void look_done(Look *look)
{
        look_forget(look);
        look->timer = sd_event_source_disable_unref(look->timer);
}

static int on_look_is_old(sd_event_source *source, uint64_t usec, void *userdata)
{
        look_forget(userdata);
        (void)malloc_trim(0);
        return 0;
}

/* For 4096 CPUs the snapshot takes three megabytes, so a timer frees it. If there is no timer, it is kept until the
 * next task. */
static void forget_later(Look *look)
{
        if (!look->timer && source_add_timer(look->event, &look->timer, 0, on_look_is_old, look, "look") < 0)
                return;
        (void)source_arm(look->timer, time_usec(CLOCK_MONOTONIC) + LOOK_AGAIN_USEC);
}

const ManagerLook *look_get(Look *look)
{
        const Planner *p = look->planner;
        uint64_t now;

        /* The time at which the event loop woke up: so one answer about 4096 CPUs comes from one snapshot, however long
         * it takes. */
        (void)sd_event_now(look->event, CLOCK_MONOTONIC, &now);
        if (look->kept.usec > 0 && now < look->kept.usec + LOOK_AGAIN_USEC)
                return &look->kept;
        look_forget(look);
        log_message(LOG_DEBUG, "Somebody asked for the plan or a CPU; the daemon reads the host.");
        if (planner_read_cpus(p, NULL, &look->kept.snapshot) < 0)
                return NULL;
        if (planner_build(p, NULL, &look->kept.snapshot, NULL, planner_wish(p), &look->kept.plan) < 0) {
                look_forget(look);
                return NULL;
        }
        look->kept.usec = time_usec(CLOCK_MONOTONIC);
        forget_later(look);
        return &look->kept;
}
