/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What others write to the knobs of the policy: heard of at once, judged by the plan that would follow, repaired by a task that
 * reads only what was written to. Whoever keeps at it is left alone for a while.
 */
#include "manager/manager-drift.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/log.h"
#include "host/clocksource.h"

/* A writer in a loop costs so many looks at the knobs, and no more. */
#define WATCH_INTERVAL_USEC 1000000
#define WATCH_BURST 200
#define WRITERS_KEPT_MAX 32
/* When the host cannot be read: for want of file descriptors or memory, which may come again. */
#define READ_AGAIN_USEC 10000000

void *drift_append(void *array, size_t *n, size_t *allocated, size_t size)
{
        void **elements = array;

        if (*n == *allocated) {
                size_t wanted = *allocated ? *allocated * 2 : 16;
                void *new = reallocarray(*elements, wanted, size);

                if (!new)
                        return NULL;
                *elements = new;
                *allocated = wanted;
        }
        return memset((char *)*elements + (*n)++ * size, 0, size);
}

const Writer *drift_writer(const DriftKeeper *k, unsigned i)
{
        static const Writer nobody;

        return i < k->n_writers ? &k->writers[i] : &nobody;
}

static unsigned keep_writer(DriftKeeper *k, const Writer *writer)
{
        Writer *new;

        if (writer->pid == 0)
                return NO_WRITER;
        for (size_t i = 0; i < k->n_writers; i++)
                if (k->writers[i].pid == writer->pid && strcmp(k->writers[i].comm, writer->comm) == 0)
                        return (unsigned)i;
        if (k->n_writers == WRITERS_KEPT_MAX)
                return NO_WRITER;
        new = drift_append(&k->writers, &k->n_writers, &k->writers_allocated, sizeof(Writer));
        if (!new)
                return NO_WRITER;
        *new = *writer;
        return (unsigned)(k->n_writers - 1);
}

void drift_touch(DriftKeeper *k, const KnobId *id, unsigned writer, bool heard)
{
        Touched *touched = drift_append(&k->touched, &k->n_touched, &k->touched_allocated, sizeof(Touched));

        if (!touched) {
                k->lost = true;
                return;
        }
        touched->id = *id;
        touched->writer = writer;
        touched->heard = heard;
}

static void on_seen(const KnobId *id, const Writer *writer, void *userdata)
{
        Manager *m = userdata;

        if (id)
                drift_touch(m->drift, id, keep_writer(m->drift, writer), true);
        else
                drift_tell_clocksource(m, writer);
}

static void forget_touched(DriftKeeper *k)
{
        k->n_touched = 0;
        k->lost = false;
        if (k->n_reports == 0)
                k->n_writers = 0;
}

static void add_report(DriftKeeper *k, ReportKind kind, const Touched *touched, const char *wanted, const char *actual)
{
        Report *report = drift_append(&k->reports, &k->n_reports, &k->reports_allocated, sizeof(Report));

        /* Out of memory it is repaired all the same. */
        if (!report)
                return;
        report->kind = kind;
        report->id = touched->id;
        report->writer = touched->writer;
        snprintf(report->wanted, sizeof(report->wanted), "%s", wanted);
        snprintf(report->actual, sizeof(report->actual), "%s", actual);
}

/* What could not be set before is no drift until somebody writes there. */
static bool is_off(const Touched *touched, const Step *step, const DriftAccount *account, const char *now)
{
        if (!step)
                return false;
        if (account && account->off)
                return touched->heard;
        return !touched->stood_known || strcasecmp(now, touched->stood) != 0;
}

static void report_limited(DriftKeeper *k, const Touched *touched, const DriftAccount *account, const Step *step, const char *now)
{
        if (!account || account->limit != DRIFT_LIMIT_OF_WRITER)
                add_report(k, REPORT_LIMITED, touched, step->to, now);
        (void)drift_set_limit(&k->books, &touched->id, DRIFT_LIMIT_OF_WRITER);
}

/* `step`: what the plan would do about it, or NULL. Whether it is to be repaired. */
static bool judge(Manager *m, const Touched *touched, const Step *step)
{
        static const ReportKind kinds[] = {
                [DRIFT_LOST] = REPORT_DRIFT, [DRIFT_CONTEST] = REPORT_CONTEST, [DRIFT_ON_AGAIN] = REPORT_AGAIN,
        };
        DriftKeeper *k = m->drift;
        const DriftAccount *account = drift_find(&k->books, &touched->id);
        DriftAnswer answer = DRIFT_NO_NEWS;
        char now[KNOB_VALUE_SIZE];
        bool off;

        if (snapshot_get(&k->kept, &touched->id, now) < 0)
                return false;
        off = is_off(touched, step, account, now);
        if (step && !off)
                return false;
        if (off && touched->id.knob == KNOB_SCALING_MAX_FREQ && frequency_is_lower(now, step->to) &&
            writer_is_thermal(drift_writer(k, touched->writer))) {
                report_limited(k, touched, account, step, now);
                return false;
        }
        if (drift_feed(&k->books, &touched->id, manager_now_usec(), off, &answer) < 0)
                return off && m->config.drift == DRIFT_REPAIR;
        if (answer != DRIFT_NO_NEWS)
                add_report(k, kinds[answer], touched, step->to, now);
        return answer == DRIFT_LOST && m->config.drift == DRIFT_REPAIR;
}

static void arm_timer(Manager *m)
{
        DriftKeeper *k = m->drift;
        uint64_t deadline = drift_deadline(&k->books);

        if (k->window_usec > 0 && k->n_untold > 0 && k->window_usec < deadline)
                deadline = k->window_usec;
        if (k->retry_usec > 0 && k->retry_usec < deadline)
                deadline = k->retry_usec;
        if (deadline == DRIFT_NEVER) {
                (void)sd_event_source_set_enabled(k->timer, SD_EVENT_OFF);
                return;
        }
        (void)sd_event_source_set_time(k->timer, deadline);
        (void)sd_event_source_set_enabled(k->timer, SD_EVENT_ONESHOT);
}

static void update_contested(Manager *m)
{
        DriftKeeper *k = m->drift;
        _cleanup_cpuset_ CpuSet contested = {};

        for (size_t i = 0; i < k->books.n; i++)
                if (drift_is_contested(&k->books.accounts[i]) &&
                    snapshot_add_cpus_of(&contested, &k->kept, &k->books.accounts[i].id) < 0)
                        return;
        drift_tidy_opponents(k);
        if (cpuset_equal(&contested, &k->contested))
                return;
        cpuset_done(&k->contested);
        k->contested = contested;
        contested = (CpuSet) {};
        manager_tell(m, MANAGER_CHANGED_LISTS);
}

void drift_tell_and_arm(Manager *m)
{
        DriftKeeper *k = m->drift;

        drift_tell_reports(m);
        if (k->kept_valid)
                update_contested(m);
        if (k->n_touched == 0)
                k->n_writers = 0;
        arm_timer(m);
}

static void begin_repair(Manager *m)
{
        m->drift->repair_asked = false;
        m->drift->repairing = true;
        m->renewing = true;
        manager_begin_task(m, TASK_APPLY);
}

/* Step by step the last one for each knob: what a freeze writes on the way is not what is wanted. */
static int judge_all(Manager *m, const Plan *plan, bool *ret_repair)
{
        DriftKeeper *k = m->drift;
        _cleanup_free_ const Step **steps = calloc(k->n_touched + 1, sizeof(Step *));

        if (!steps)
                return -ENOMEM;
        for (size_t i = 0; i < plan->n_steps; i++) {
                const Touched key = { .id = plan->steps[i].id };
                const Touched *touched = bsearch(&key, k->touched, k->n_touched, sizeof(Touched), drift_compare_touched);

                if (touched)
                        steps[touched - k->touched] = &plan->steps[i];
        }
        for (size_t i = 0; i < k->n_touched; i++)
                if (judge(m, &k->touched[i], steps[i]))
                        *ret_repair = true;
        return 0;
}

/* Everything that was heard of, once no task runs. */
static void settle(Manager *m)
{
        DriftKeeper *k = m->drift;
        _cleanup_plan_ Plan plan = {};
        bool repair = k->repair_asked;
        int r;

        if (m->task != TASK_NONE || m->stopping)
                return;
        if (m->restored || (!m->halves.frequency && !m->halves.idle)) {
                forget_touched(k);
                return;
        }
        if (k->n_touched > 0 || k->lost) {
                r = drift_refresh(m);
                if (r == 0)
                        r = manager_build_plan(m, &m->config.policy, &k->kept, m->halves, &plan);
                if (r == 0 && k->n_touched > 0)
                        r = judge_all(m, &plan, &repair);
                if (r < 0 && r != k->read_error)
                        (void)log_error_errno(r, "Cannot read what others wrote to the CPUs' knobs; trying again every %d s",
                                              READ_AGAIN_USEC / 1000000);
                k->read_error = r;
                k->kept_valid = k->kept_valid && r == 0;
                forget_touched(k);
                k->retry_usec = r < 0 ? manager_now_usec() + READ_AGAIN_USEC : 0;
        }
        if (repair)
                begin_repair(m);
        else
                drift_tell_and_arm(m);
}

static int on_watch(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
        Manager *m = userdata;

        if (drift_watch_read(m->drift->watch, on_seen, m) > 0)
                m->drift->lost = true;
        settle(m);
        return 0;
}

static int on_settle(sd_event_source *source, void *userdata)
{
        settle(userdata);
        return 0;
}

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
        Manager *m = userdata;
        DriftKeeper *k = m->drift;
        _cleanup_free_ KnobId *over = NULL;
        uint64_t now = manager_now_usec();
        DriftAccount *account;
        size_t n_over = 0;
        bool is_over;

        /* What is held back from a plan must not change under it: armed again at its end. */
        if (m->task != TASK_NONE || m->stopping)
                return 0;
        over = calloc(k->books.n + 1, sizeof(KnobId));
        while (drift_next_due(&k->books, now, &account, &is_over) > 0) {
                if (is_over && over)
                        over[n_over++] = account->id;
                /* While it was left alone a CPU may have gone and come with it, and its file was another. */
                if (!is_over) {
                        k->repair_asked = true;
                        k->kept_valid = false;
                }
        }
        if (n_over > 0)
                drift_tell_over(m, over, n_over);
        drift_tell_rest(m, now);
        k->lost = k->lost || (k->retry_usec > 0 && now >= k->retry_usec);
        settle(m);
        return 0;
}

static int add_sources(Manager *m)
{
        DriftKeeper *k = m->drift;
        int r = sd_event_add_defer(m->event, &k->settle_source, on_settle, m);

        if (r >= 0)
                r = sd_event_source_set_enabled(k->settle_source, SD_EVENT_OFF);
        if (r >= 0)
                r = sd_event_source_set_description(k->settle_source, "drift-settle");
        if (r >= 0)
                r = sd_event_add_time(m->event, &k->timer, CLOCK_MONOTONIC, 0, 0, on_timer, m);
        if (r >= 0)
                r = sd_event_source_set_enabled(k->timer, SD_EVENT_OFF);
        if (r >= 0)
                r = sd_event_source_set_description(k->timer, "drift-timer");
        if (r < 0 || !k->watch)
                return r;
        r = sd_event_add_io(m->event, &k->watch_source, drift_watch_get_fd(k->watch), EPOLLIN, on_watch, m);
        if (r >= 0)
                r = sd_event_source_set_ratelimit(k->watch_source, WATCH_INTERVAL_USEC, WATCH_BURST);
        if (r >= 0)
                r = sd_event_source_set_description(k->watch_source, "drift-watch");
        return r;
}

int manager_start_drift(Manager *m)
{
        _cleanup_free_ char *available = NULL;
        int r = drift_watch_new(&m->drift->watch);

        if (r < 0)
                (void)log_error_errno(r, "What others write to the CPUs' knobs cannot be noticed: there is neither fanotify nor "
                                      "inotify");
        else if (!drift_watch_names_writers(m->drift->watch))
                log_message(LOG_NOTICE, "Whoever changes a setting of the policy cannot be named: there is no fanotify here "
                            "(CAP_SYS_ADMIN is missing, or a system call filter forbids it); inotify does the rest.");
        (void)clocksource_read(&m->drift->clocksource, &available);
        r = add_sources(m);
        if (r >= 0 && m->drift->watch)
                (void)drift_watch_set(m->drift->watch, NULL, 0, NULL, m);
        return r;
}

DriftKeeper *drift_keeper_new(void)
{
        return calloc(1, sizeof(DriftKeeper));
}

DriftKeeper *drift_keeper_free(DriftKeeper *k)
{
        if (!k)
                return NULL;
        k->settle_source = sd_event_source_disable_unref(k->settle_source);
        k->timer = sd_event_source_disable_unref(k->timer);
        k->watch_source = sd_event_source_disable_unref(k->watch_source);
        if (k->watch)
                drift_watch_free(k->watch);
        drift_forget(&k->books);
        drift_tidy_opponents(k);
        drift_done(&k->books);
        snapshot_done(&k->kept);
        cpuset_done(&k->contested);
        free(k->opponents);
        free(k->touched);
        free(k->reports);
        free(k->writers);
        free(k->unchecked);
        free(k->last_untold);
        free(k->clocksource);
        for (char **rival = k->rivals; rival && *rival; rival++)
                free(*rival);
        free(k->rivals);
        free(k);
        return NULL;
}

const ManagerDrift *manager_get_told_drift(const Manager *m)
{
        return &m->drift->told;
}

uint64_t manager_get_drift_count(const Manager *m, Knob knob)
{
        return m->drift->books.counts[knob];
}

bool manager_has_drifted(const Manager *m, const KnobId *id)
{
        const DriftAccount *account = drift_find(&m->drift->books, id);

        return account && account->off && account->limit == DRIFT_NO_LIMIT;
}

const CpuSet *manager_get_contested_cpus(const Manager *m)
{
        return &m->drift->contested;
}
