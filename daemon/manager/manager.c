/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "manager/manager.h"

#include <errno.h>
#include <inttypes.h>
#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-daemon.h>

#include "base/log.h"
#include "base/time.h"
#include "host/config/config-store.h"
#include "manager/apply.h"
#include "manager/load-config.h"
#include "manager/look.h"
#include "manager/notify.h"
#include "manager/planner.h"
#include "manager/rival-names.h"
#include "manager/watches.h"
#include "model/clock-view.h"
#include "model/clock-words.h"
#include "watch/drift-types.h"
#include "watch/source.h"

typedef enum Stop {
        STOP_NONE,
        STOP_ASKED,    /* SIGTERM came; systemd was asked whether it is a restart */
        STOP_ANSWERED, /* it is no restart: the originals go back, then the daemon ends */
} Stop;

#define N_SIGNALS 3

struct Manager {
        sd_event *event;
        sd_event_source *stop_answer_source, *signal_sources[N_SIGNALS];
        const char *config_path;
        Stop stop;
        Notify notify;

        Planner planner;
        Watches *watches;
        Apply *apply;
        Look look;
        RivalNames rivals;

        ManagerObserver observer;
        void *observer_userdata;
};

void manager_set_observer(Manager *m, ManagerObserver observer, void *userdata)
{
        m->observer = observer;
        m->observer_userdata = userdata;
}

static void manager_notify(Manager *m, const char *prefix)
{
        const Standing *standing = apply_get_standing(m->apply);
        ClockView view;

        clock_get(clock_watch_get_clock(m->planner.clock), &view);
        notify_status(&m->notify, prefix, "%s: %s TSC %s%s%s.", policy_state_to_string(standing->state),
                      standing_get_reason(standing), verdict_to_string(view.verdict),
                      view.reason == REASON_NONE ? "" : ": ", clock_reason_to_string(view.reason));
}

static void on_clock_changed(Manager *m, const ClockChanges *changes)
{
        bool was_fragile = !m->planner.facts.constant_tsc && changes->old_verdict != VERDICT_UNSTABLE;
        Verdict verdict = clock_watch_get_clock(m->planner.clock)->verdict;

        if (m->stop != STOP_NONE || apply_get_queue(m->apply)->task.kind != TASK_NONE)
                return;
        manager_notify(m, "");
        /* Steps were left out to keep the TSC. Now that it is lost, they can be carried out. */
        if ((changes->mask & CLOCK_CHANGED_VERDICT) && verdict == VERDICT_UNSTABLE && was_fragile)
                apply_renew(m->apply, NULL, RESCAN_HOST);
}

static void on_news(const ManagerNews *news, void *userdata)
{
        Manager *m = userdata;

        if (m->observer)
                m->observer(m, news, m->observer_userdata);
        if (news->change == MANAGER_CHANGED_CLOCK)
                on_clock_changed(m, news->clock);
}

static void tell(Manager *m, ManagerChange change)
{
        on_news(&(ManagerNews) { .change = change }, m);
}

static void on_look_ready(void *userdata)
{
        tell(userdata, MANAGER_LOOK_READY);
}

/* Replaces the configuration, after ending the task whose plan points into the old one. Takes over *config. */
static void replace_config(Manager *m, Config *config)
{
        apply_give_up(m->apply);
        look_forget(&m->look);
        config_done(&m->planner.config);
        m->planner.config = *config;
        drift_set_report_only(watches_get_drift(m->watches), config->drift == DRIFT_REPORT);
}

/* SIGHUP and the bus both reload through this. 0, or the refusal with *ret_why: then the old configuration stays. */
static int manager_do_reload(Manager *m, char **ret_why)
{
        const Standing *standing = apply_get_standing(m->apply);
        Config config = {};
        int r;

        (void)sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%" PRIu64, time_usec(CLOCK_MONOTONIC));
        r = load_config(m->config_path, &m->planner.facts, m->planner.events, &config, ret_why);
        if (r < 0) {
                log_message(LOG_ERR, "%s was refused; the policy in force stays.", m->config_path);
                notify_status(&m->notify, "READY=1\n", "%s was refused, the old policy stays: %s: %s (%s)",
                              m->config_path, policy_state_to_string(standing->state), standing_get_reason(standing),
                              *ret_why ? *ret_why : "out of memory");
                return r;
        }
        replace_config(m, &config);
        apply_after_reload(m->apply);
        return 0;
}

static void on_reload(void *userdata)
{
        _cleanup_free_ char *why = NULL;

        (void)manager_do_reload(userdata, &why);
}

int manager_apply(Manager *m)
{
        return m->stop == STOP_NONE ? apply_ask(m->apply, TASK_APPLY) : -EBUSY;
}

int manager_restore(Manager *m)
{
        return m->stop == STOP_NONE ? apply_ask(m->apply, TASK_RESTORE) : -EBUSY;
}

int manager_reload(Manager *m, char **ret_why)
{
        if (m->stop != STOP_NONE || task_queue_is_busy(apply_get_queue(m->apply)))
                return -EBUSY;
        return manager_do_reload(m, ret_why);
}

static void manager_stop(Manager *m, bool restart)
{
        bool keep = restart || m->planner.config.on_stop == STOP_KEEP;

        log_message(LOG_DEBUG, "%s: the policy %s.", restart ? "This stop is a restart" : "This is a stop",
                    keep ? "stays in force" : "is undone");
        m->stop = STOP_ANSWERED;
        (void)sd_event_source_set_enabled(m->stop_answer_source, SD_EVENT_OFF);

        /* The next process finds the true originals in the file. */
        if (keep)
                (void)sd_event_exit(m->event, 0);
        else
                apply_undo(m->apply);
}

static void on_standing(void *userdata)
{
        Manager *m = userdata;

        look_forget(&m->look);
        tell(m, MANAGER_CHANGED_VIEW);
}

static void on_done(Task task, bool failed, void *userdata)
{
        Manager *m = userdata;

        look_forget(&m->look);
        rival_names_tell(&m->rivals, &apply_get_standing(m->apply)->managed, m->planner.config.drift);
        if (m->stop == STOP_ANSWERED && task.kind == TASK_RESTORE) {
                manager_notify(m, "");
                (void)sd_event_exit(m->event, failed ? EXIT_FAILURE : EXIT_SUCCESS);
                return;
        }
        if (m->stop != STOP_NONE)
                return;
        tell(m, MANAGER_CHANGED_IDLE);
        /* A reload was asked for while the plan ran. systemd gets READY=1 once, after the reload. */
        if (apply_get_queue(m->apply)->next.kind == TASK_RELOAD)
                return;
        manager_notify(m, task.origin == ORIGIN_PERSON ? "READY=1\n" : "");
        /* A plan for thousands of CPUs leaves a megabyte of free memory blocks, which would stay until the next
         * plan. */
        (void)malloc_trim(0);
}

void manager_on_stop_job(Manager *m, bool restart)
{
        if (m->stop == STOP_ASKED)
                manager_stop(m, restart);
}

static int manager_on_no_answer(sd_event_source *source, uint64_t usec, void *userdata)
{
        manager_on_stop_job(userdata, false);
        return 0;
}

static int manager_on_sighup(sd_event_source *source, const struct signalfd_siginfo *info, void *userdata)
{
        Manager *m = userdata;

        if (m->stop == STOP_NONE)
                apply_ask_reload(m->apply);
        return 0;
}

/* systemd sends SIGTERM for a stop and for a restart alike, so the daemon asks systemd which one it is. */
static int manager_on_terminate(sd_event_source *source, const struct signalfd_siginfo *info, void *userdata)
{
        Manager *m = userdata;

        if (m->stop != STOP_NONE)
                return 0;
        m->stop = STOP_ASKED;
        apply_stop(m->apply);
        drift_stop(watches_get_drift(m->watches));
        (void)sd_notify(0, "STOPPING=1");
        (void)source_arm(m->stop_answer_source, time_usec(CLOCK_MONOTONIC) + MANAGER_STOP_ANSWER_USEC);
        tell(m, MANAGER_CHANGED_STOPPING);
        /* Nobody is there to ask systemd. */
        if (!m->observer)
                manager_on_stop_job(m, false);
        return 0;
}

static int add_sources(Manager *m)
{
        static const struct {
                int number;
                sd_event_signal_handler_t handler;
        } signals[N_SIGNALS] = { { SIGHUP, manager_on_sighup },
                                 { SIGTERM, manager_on_terminate },
                                 { SIGINT, manager_on_terminate } };
        int r;

        for (unsigned i = 0; i < N_SIGNALS; i++) {
                r = sd_event_add_signal(m->event, &m->signal_sources[i], signals[i].number, signals[i].handler, m);
                if (r < 0)
                        return r;
                (void)sd_event_source_set_description(m->signal_sources[i], strsignal(signals[i].number));
        }
        return source_add_timer(m->event, &m->stop_answer_source, 0, manager_on_no_answer, m, "stop-answer");
}

int manager_start(Manager *m)
{
        int r = add_sources(m);

        if (r < 0)
                return log_error_errno(r, "Cannot set up the event loop");
        kept_originals_load(&m->planner.originals);
        r = planner_read_facts(&m->planner);
        if (r < 0)
                return r;
        r = watches_start(m->watches, m->apply, m->planner.originals.runtime_fd);
        if (r < 0)
                return log_error_errno(r, "Cannot set up the event loop");
        return apply_ask(m->apply, TASK_APPLY);
}

static int make_parts(Manager *m)
{
        static const ApplyCallbacks callbacks = {
                .on_standing = on_standing,
                .on_done = on_done,
                .on_reload = on_reload,
        };
        DriftMonitor *drift;
        int r = events_new(&m->planner.events);

        if (r < 0)
                return r;
        r = watches_new(m->event, &m->planner, on_news, m, &m->watches);
        if (r < 0)
                return r;
        drift = watches_get_drift(m->watches);
        drift_set_report_only(drift, m->planner.config.drift == DRIFT_REPORT);
        return apply_new(m->event, &m->planner, drift, &callbacks, m, &m->apply);
}

int manager_new(sd_event *event, const CpuOps *ops, void *ops_userdata, int runtime_fd, const char *config_path,
                Config *config, Manager **ret)
{
        _cleanup_(manager_freep) Manager *m = malloc(sizeof(*m));
        int r;

        if (!m)
                return -ENOMEM;
        *m = (Manager) {
                .event = sd_event_ref(event),
                .config_path = config_path,
                .planner = {
                        .ops = ops,
                        .ops_userdata = ops_userdata,
                        .config = *config,
                        .originals = { .runtime_fd = runtime_fd },
                },
                .look = { .event = event, .planner = &m->planner, .on_ready = on_look_ready, .userdata = m },
        };
        *config = (Config) {};
        r = make_parts(m);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(m);
        return 0;
}

Manager *manager_free(Manager *m)
{
        if (!m)
                return NULL;
        sd_event_source_disable_unref(m->stop_answer_source);
        for (unsigned i = 0; i < N_SIGNALS; i++)
                sd_event_source_disable_unref(m->signal_sources[i]);
        look_done(&m->look);
        apply_free(m->apply);
        watches_free(m->watches);
        rival_names_done(&m->rivals);
        events_free(m->planner.events);
        planner_done(&m->planner);
        notify_done(&m->notify);
        sd_event_unref(m->event);
        free(m);
        return NULL;
}

void manager_on_resume(Manager *m)
{
        watches_check_sleep(m->watches);
}

void manager_on_rivals(Manager *m, const char *const *units)
{
        rival_names_set(&m->rivals, units);
        rival_names_tell(&m->rivals, &apply_get_standing(m->apply)->managed, m->planner.config.drift);
}

void manager_get_view(const Manager *m, ManagerView *ret)
{
        const Standing *standing = apply_get_standing(m->apply);
        const Planner *p = &m->planner;

        *ret = (ManagerView) {
                .state = standing->state,
                .state_reason = standing_get_reason(standing),
                .facts = &p->facts,
                .config_files = (const char *const *)p->config.files,
                .n_config_files = p->config.n_files,
                .applied_usec = standing->applied_usec,
                .present_cpus = &standing->present,
                .managed_cpus = &standing->managed,
                .degraded_cpus = &standing->degraded,
                .findings = &standing->findings,
        };
        watches_show(m->watches, ret);
}

const ManagerLook *manager_look(Manager *m)
{
        return look_get(&m->look);
}

bool manager_prepare_look(Manager *m)
{
        return look_prepare(&m->look);
}

const Event *manager_get_event(const Manager *m, unsigned i)
{
        return events_get(m->planner.events, i);
}

bool manager_has_drifted(const Manager *m, const KnobId *id)
{
        return drift_is_left(watches_get_drift(m->watches), id);
}

char *manager_contest_format(const Manager *m, unsigned cpu)
{
        return drift_format_contest(watches_get_drift(m->watches), cpu);
}
