/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "manager/look.h"

#include <malloc.h>

#include "base/log.h"
#include "base/time.h"
#include "watch/source.h"

#define LOOK_AGAIN_USEC 1000000
/* That of the bus (bus/bus.c): slices and calls take turns, and nothing else waits for them. */
#define LOOK_PRIORITY (SD_EVENT_PRIORITY_IDLE + 10)

static void drop_kept(Look *look)
{
        plan_done(&look->kept.plan);
        snapshot_done(&look->kept.snapshot);
        look->kept = (ManagerLook) {};
}

void look_forget(Look *look)
{
        drop_kept(look);
        /* What was read so far is older than the change. */
        cpu_reading_done(&look->reading);
        if (look->phase != LOOK_RESTS)
                look->phase = LOOK_READS;
}

void look_done(Look *look)
{
        look_forget(look);
        look->timer = sd_event_source_disable_unref(look->timer);
        look->slice = sd_event_source_disable_unref(look->slice);
}

static int on_look_is_old(sd_event_source *source, uint64_t usec, void *userdata)
{
        drop_kept(userdata);
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

/* Takes over *snapshot. 0 or -ENOMEM. */
static int keep(Look *look, Snapshot *snapshot)
{
        const Planner *p = look->planner;
        int r;

        drop_kept(look);
        look->kept.snapshot = TAKE_STRUCT(*snapshot);
        r = planner_build(p, NULL, &look->kept.snapshot, NULL, planner_wish(p), &look->kept.plan);
        if (r < 0) {
                drop_kept(look);
                return r;
        }
        look->kept.usec = time_usec(CLOCK_MONOTONIC);
        forget_later(look);
        return 0;
}

static bool is_fresh(const Look *look)
{
        uint64_t now;

        /* The time at which the event loop woke up: so one answer about 4096 CPUs comes from one snapshot, however long
         * it takes. */
        (void)sd_event_now(look->event, CLOCK_MONOTONIC, &now);
        return look->kept.usec > 0 && now < look->kept.usec + LOOK_AGAIN_USEC;
}

const ManagerLook *look_get(Look *look)
{
        _cleanup_snapshot_ Snapshot snapshot = {};

        if (is_fresh(look))
                return &look->kept;
        log_message(LOG_DEBUG, "Somebody asked for the plan or a CPU; the daemon reads the host.");
        drop_kept(look);
        if (planner_read_cpus(look->planner, NULL, &snapshot) < 0 || keep(look, &snapshot) < 0)
                return NULL;
        return &look->kept;
}

static int on_slice(sd_event_source *source, void *userdata)
{
        Look *look = userdata;
        int r;

        switch (look->phase) {
        case LOOK_READS:
                r = planner_read_some(look->planner, NULL, &look->reading);
                if (r == 0)
                        look->phase = LOOK_PLANS;
                /* Whoever asks gets the error from look_get(). */
                if (r < 0) {
                        cpu_reading_done(&look->reading);
                        look->phase = LOOK_ANSWERS;
                }
                break;
        case LOOK_PLANS:
                (void)keep(look, &look->reading.snapshot);
                cpu_reading_done(&look->reading);
                look->phase = LOOK_ANSWERS;
                break;
        default:
                look->phase = LOOK_RESTS;
                look->on_ready(look->userdata);
                return 0;
        }
        return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

bool look_prepare(Look *look)
{
        if (look->phase != LOOK_RESTS)
                return true;
        if (is_fresh(look))
                return false;
        if (!look->slice) {
                if (source_add_defer(look->event, &look->slice, on_slice, look, "look-slice") < 0)
                        return false;
                (void)sd_event_source_set_priority(look->slice, LOOK_PRIORITY);
        }
        if (sd_event_source_set_enabled(look->slice, SD_EVENT_ONESHOT) < 0)
                return false;
        log_message(LOG_DEBUG, "Somebody asked for the plan or a CPU; the daemon reads the host in slices.");
        look->phase = LOOK_READS;
        return true;
}
