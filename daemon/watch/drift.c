/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Learns at once what others write to the knobs of the policy, judges it by the plan that would follow, and has it
 * repaired by a task that reads only what was written. A knob that somebody keeps changing is left alone for a while.
 */
#include "watch/drift.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/time.h"
#include "host/clocksource.h"
#include "model/knob.h"
#include "model/plan-types.h"
#include "watch/drift-internal.h"
#include "watch/source.h"

/* A program that writes in a loop costs at most this many readings of the knobs. */
#define WATCH_INTERVAL_USEC 1000000
#define WATCH_BURST 200
/* Tries again to read the host; perhaps there are file descriptors or memory again. */
#define READ_AGAIN_USEC 10000000
/* So many knobs are compared between two looks at the event loop: one or two ms. A host of 4096 CPUs has 12 000. */
#define COMPARE_SLICE 128

static void on_seen(const KnobId *id, const Writer *writer, void *userdata)
{
        DriftMonitor *d = userdata;

        if (id)
                (void)drift_touch(d, id, drift_keep_writer(d, writer), true);
        else
                drift_tell_clocksource(d, writer);
}

static void forget_touched(DriftMonitor *d)
{
        d->n_touched = 0;
        d->lost = false;
        d->found_usec = 0;
        if (d->n_reports == 0)
                d->n_writers = 0;
}

/* `usec` 0: never. */
static uint64_t sooner(uint64_t deadline, uint64_t usec)
{
        return usec > 0 && usec < deadline ? usec : deadline;
}

static void arm_timer(DriftMonitor *d)
{
        uint64_t deadline = drift_deadline(&d->accounts);

        if (d->n_held_back > 0)
                deadline = sooner(deadline, d->window_usec);
        deadline = sooner(deadline, d->retry_usec);
        deadline = sooner(deadline, drift_reports_due(d));
        (void)source_arm(d->timer, sooner(deadline, d->found_usec));
}

static void update_contested(DriftMonitor *d)
{
        _cleanup_cpuset_ CpuSet contested = {};

        for (size_t i = 0; i < d->accounts.n; i++)
                if (drift_is_contested(&d->accounts.accounts[i]) &&
                    snapshot_add_cpus_of(&contested, &d->kept, &d->accounts.accounts[i].id) < 0)
                        return;
        drift_tidy_opponents(d);
        if (cpuset_equal(&contested, &d->contested))
                return;
        cpuset_done(&d->contested);
        d->contested = TAKE_STRUCT(contested);
        d->callbacks->on_contested(d->userdata);
}

void drift_tell_and_arm(DriftMonitor *d)
{
        if (drift_reports_due(d) == 0)
                drift_tell_reports(d);
        if (d->kept_valid)
                update_contested(d);
        if (d->n_touched == 0 && d->n_reports == 0)
                d->n_writers = 0;
        arm_timer(d);
}

/* Reads what was written, and decides. *ret_plan: the steps that would bring the policy back. 0 or -errno. */
static int look_at_touched(DriftMonitor *d, Plan *ret_plan, bool *ret_repair)
{
        _cleanup_snapshot_part_ SnapshotPart part = {};
        int r = drift_refresh(d, &part);

        if (r < 0)
                return r;
        r = d->callbacks->plan_for(&d->kept, snapshot_part_is_empty(&part) ? NULL : &part, ret_plan, d->userdata);
        if (r < 0)
                return r;
        log_message(LOG_DEBUG,
                    "Another program may have written to %zu knobs of the policy; %zu steps would bring it back.",
                    d->n_touched, ret_plan->n_steps);
        return drift_judge(d, &d->kept, ret_plan, d->touched, d->n_touched, false, ret_repair);
}

/* The task continues with what was just read and planned. If the TSC is fragile, the task reads the host again, because
 * a freeze needs the frequency of that moment. */
static void ask_for_repair(DriftMonitor *d, Plan *plan)
{
        _cleanup_snapshot_ Snapshot snapshot = {};
        _cleanup_plan_ Plan none = {};

        log_message(LOG_DEBUG, "The daemon will set the policy again.");
        /* The task starts at a later turn of the loop. Until then a second event of the same write must not count as
         * another change. */
        d->busy = true;
        if (!d->kept_valid || d->fragile_tsc || plan->n_wanted == 0) {
                d->callbacks->on_repair_wanted(&snapshot, &none, d->userdata);
                return;
        }
        snapshot = TAKE_STRUCT(d->kept);
        d->kept_valid = false;
        d->callbacks->on_repair_wanted(&snapshot, plan, d->userdata);
}

/* Whether a write that was found may still be reported, with its writer. */
static bool is_report_awaited(DriftMonitor *d)
{
        if (d->lost || time_usec(CLOCK_MONOTONIC) >= d->found_usec)
                return false;
        drift_sort_touched(d);
        for (size_t i = 0; i < d->n_touched; i++)
                if (d->touched[i].found && !d->touched[i].heard)
                        return true;
        return false;
}

/* Handles everything that other programs have written, once no task runs. `repair`: the policy is to be set again in
 * any case. */
static void look(DriftMonitor *d, bool repair)
{
        _cleanup_plan_ Plan plan = {};
        int r;

        if (d->busy || d->stopped)
                return;
        if (!d->in_force) {
                forget_touched(d);
                return;
        }
        if (!repair && is_report_awaited(d)) {
                arm_timer(d);
                return;
        }
        if (d->n_touched > 0 || d->lost) {
                r = look_at_touched(d, &plan, &repair);
                if (r < 0 && r != d->read_error)
                        (void)log_error_errno(r, "Cannot read the knobs that others wrote; trying again every %d s",
                                              READ_AGAIN_USEC / 1000000);
                d->read_error = r;
                d->kept_valid = d->kept_valid && r == 0;
                forget_touched(d);
                d->retry_usec = r < 0 ? time_usec(CLOCK_MONOTONIC) + READ_AGAIN_USEC : 0;
        }
        if (repair)
                ask_for_repair(d, &plan);
        else
                drift_tell_and_arm(d);
}

static int on_watch(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
        DriftMonitor *d = userdata;

        if (drift_watch_read(d->watch, on_seen, d) > 0)
                d->lost = true;
        look(d, false);
        return 0;
}

static bool can_compare(const DriftMonitor *d)
{
        return !d->busy && !d->stopped && d->in_force && d->kept_valid && d->watch;
}

/* Runs after another event of any kind was handled, to find changes that no watch reports. An example is a write
 * through the sysfs of another network namespace, whose files have other inodes. The daemon never wakes up for this
 * alone. */
static int on_post(sd_event_source *source, void *userdata)
{
        DriftMonitor *d = userdata;

        if (!d->comparing && can_compare(d) && time_usec(CLOCK_MONOTONIC) >= d->compare_usec) {
                d->comparing = sd_event_source_set_enabled(d->compare_source, SD_EVENT_ONESHOT) >= 0;
                d->n_compared = 0;
                d->compare_took_usec = 0;
        }
        return 0;
}

static int on_compare(sd_event_source *source, void *userdata)
{
        DriftMonitor *d = userdata;
        uint64_t begin = time_usec(CLOCK_MONOTONIC);
        bool more;

        /* A task has begun meanwhile. After it other knobs may be watched. */
        if (!can_compare(d)) {
                d->comparing = false;
                return 0;
        }
        more = drift_compare(d, COMPARE_SLICE);
        d->compare_took_usec += time_usec(CLOCK_MONOTONIC) - begin;
        if (d->n_touched > 0)
                d->found_usec = time_usec(CLOCK_MONOTONIC) + REPORT_WAIT_USEC;
        if (more)
                return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
        d->comparing = false;
        drift_was_compared(d, d->compare_took_usec);
        if (d->n_touched > 0)
                look(d, false);
        return 0;
}

static int on_look(sd_event_source *source, void *userdata)
{
        look(userdata, false);
        return 0;
}

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
        DriftMonitor *d = userdata;
        _cleanup_free_ KnobId *over = NULL;
        uint64_t now = time_usec(CLOCK_MONOTONIC);
        DriftAccount *account;
        size_t n_over = 0;
        bool repair = false, is_over;

        /* The list of contested knobs must not change while a plan is carried out; the timer is set again at its
         * end. */
        if (d->busy || d->stopped)
                return 0;
        over = calloc(d->accounts.n + 1, sizeof(KnobId));
        while (drift_next_due(&d->accounts, now, &account, &is_over) > 0) {
                if (is_over && over)
                        over[n_over++] = account->id;
                /* While the knob was left alone, its CPU may have gone and come back; then its file is a new one. */
                if (!is_over) {
                        repair = true;
                        d->kept_valid = false;
                }
        }
        if (n_over > 0)
                drift_tell_over(d, over, n_over);
        drift_tell_rest(d, now);
        d->lost = d->lost || (d->retry_usec > 0 && now >= d->retry_usec);
        look(d, repair);
        return 0;
}

static int add_sources(DriftMonitor *d, sd_event *event)
{
        int r = source_add_defer(event, &d->look_source, on_look, d, "drift-look");

        if (r < 0)
                return r;
        r = source_add_timer(event, &d->timer, 0, on_timer, d, "drift-timer");
        if (r < 0 || !d->watch)
                return r;
        r = sd_event_add_post(event, &d->post_source, on_post, d);
        if (r < 0)
                return r;
        (void)sd_event_source_set_description(d->post_source, "drift-post");
        r = source_add_defer(event, &d->compare_source, on_compare, d, "drift-compare");
        if (r < 0)
                return r;
        /* Behind the turns of a task, which end a comparison: at the same priority sd-event would prefer always the
         * same one of two defer sources, and a CPU that comes online would wait for the comparison of thousands. */
        r = sd_event_source_set_priority(d->compare_source, SD_EVENT_PRIORITY_IDLE + 1);
        if (r < 0)
                return r;
        r = source_add_readable(event, &d->watch_source, drift_watch_get_fd(d->watch), on_watch, d, "drift-watch");
        if (r < 0)
                return r;
        return sd_event_source_set_ratelimit(d->watch_source, WATCH_INTERVAL_USEC, WATCH_BURST);
}

int drift_start(DriftMonitor *d, sd_event *event)
{
        _cleanup_free_ char *available = NULL;
        int r = d->ops->watch(d->ops_userdata, &d->watch);

        if (r < 0)
                (void)log_error_errno(
                        r, "The daemon cannot notice when others write the CPUs' knobs: there is neither fanotify "
                           "nor inotify");
        else if (!drift_watch_names_writers(d->watch))
                log_message(LOG_NOTICE,
                            "The daemon cannot name who changes a knob of the policy, because fanotify is missing "
                            "(no CAP_SYS_ADMIN, or a system call filter forbids it). It notices changes through "
                            "inotify.");
        (void)clocksource_read(&d->clocksource, &available);
        r = add_sources(d, event);
        if (r < 0)
                return r;
        if (d->watch)
                (void)drift_watch_set(d->watch, NULL, 0, NULL);
        return 0;
}

int drift_monitor_new(const CpuOps *ops, void *ops_userdata, const DriftCallbacks *callbacks, void *userdata,
                      DriftMonitor **ret)
{
        DriftMonitor *d = malloc(sizeof(*d));

        if (!d)
                return -ENOMEM;
        *d = (DriftMonitor) {
                .ops = ops,
                .ops_userdata = ops_userdata,
                .callbacks = callbacks,
                .userdata = userdata,
        };
        *ret = d;
        return 0;
}

DriftMonitor *drift_monitor_free(DriftMonitor *d)
{
        if (!d)
                return NULL;
        d->look_source = sd_event_source_disable_unref(d->look_source);
        d->timer = sd_event_source_disable_unref(d->timer);
        d->watch_source = sd_event_source_disable_unref(d->watch_source);
        d->post_source = sd_event_source_disable_unref(d->post_source);
        d->compare_source = sd_event_source_disable_unref(d->compare_source);
        if (d->watch)
                drift_watch_free(d->watch);
        drift_forget(&d->accounts);
        drift_tidy_opponents(d);
        drift_done(&d->accounts);
        snapshot_done(&d->kept);
        cpuset_done(&d->contested);
        free(d->opponents);
        free(d->touched);
        free(d->reports);
        free(d->writers);
        free(d->unchecked);
        free(d->last_held_back);
        free(d->clocksource);
        free(d);
        return NULL;
}

void drift_stop(DriftMonitor *d)
{
        d->stopped = true;
        if (!d->busy)
                drift_tell_reports(d);
}

void drift_set_report_only(DriftMonitor *d, bool report_only)
{
        d->accounts.report_only = report_only;
}

void drift_reset(DriftMonitor *d)
{
        drift_forget(&d->accounts);
}

const uint64_t *drift_get_counts(const DriftMonitor *d)
{
        return d->accounts.counts;
}

bool drift_is_left(const DriftMonitor *d, const KnobId *id)
{
        const DriftAccount *account = drift_find(&d->accounts, id);

        return account && account->off && account->limit == DRIFT_NO_LIMIT;
}

unsigned drift_count_knobs(const DriftMonitor *d)
{
        unsigned n = 0;
        const KnobId *id;

        for (size_t i = 0; d->watch && (id = drift_watch_get(d->watch, i)); i++)
                n += id->knob != KNOB_SCALING_SETSPEED;
        return n;
}

const CpuSet *drift_get_contested_cpus(const DriftMonitor *d)
{
        return &d->contested;
}
