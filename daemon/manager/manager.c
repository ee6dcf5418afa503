/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "manager/manager.h"

#include <errno.h>
#include <inttypes.h>
#include <malloc.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <systemd/sd-daemon.h>

#include "base/log.h"
#include "host/originals.h"
#include "host/vms.h"
#include "manager/manager-internal.h"
#include "manager/remarks.h"

#define MESSAGE_CONFIG_REFUSED "0a527d3460684f2f836f6a59fa9bf9d2"

void manager_set_observer(Manager *m, ManagerObserver observer, void *userdata)
{
        m->observer = observer;
        m->observer_userdata = userdata;
}

void manager_tell(Manager *m, unsigned changes)
{
        ManagerNews news = { .changes = changes };

        if (m->observer)
                m->observer(m, &news, m->observer_userdata);
}

void manager_tell_drift(Manager *m, const DriftReport *report)
{
        ManagerNews news = { .changes = MANAGER_CHANGED_DRIFT, .drift = report };

        if (m->observer)
                m->observer(m, &news, m->observer_userdata);
}

void manager_set_state(Manager *m, PolicyState state, char *reason)
{
        m->state = state;
        free(m->state_reason);
        m->state_reason = reason;
        manager_tell(m, MANAGER_CHANGED_STATE);
}

/* systemctl status shows it in one line, to a terminal. */
static void notify_status(Manager *m, const char *prefix, const char *format, ...) _printf_(3, 4);

static void notify_status(Manager *m, const char *prefix, const char *format, ...)
{
        _cleanup_free_ char *text = NULL, *safe = NULL;
        va_list args;

        va_start(args, format);
        if (vasprintf(&text, format, args) < 0)
                text = NULL;
        va_end(args);
        safe = text ? text_escape_again(text) : NULL;
        /* Each message wakes the service manager. */
        if (!*prefix && safe && m->told_status && strcmp(safe, m->told_status) == 0)
                return;
        /* Without READY=1 systemd would end the daemon, or the reload would never be done: it needs no memory. */
        if (!safe || sd_notifyf(0, "%sSTATUS=%s", prefix, safe) < 0)
                (void)sd_notify(0, prefix);
        free(m->told_status);
        m->told_status = TAKE_PTR(safe);
}

static void manager_notify(Manager *m, const char *prefix)
{
        ClockView view;

        clock_get(clock_watch_get_clock(m->clock), &view);
        notify_status(m, prefix, "%s: %s TSC %s%s%s.", policy_state_to_string(m->state), manager_get_state_reason(m),
                      verdict_to_string(view.verdict), view.reason == REASON_NONE ? "" : ": ",
                      clock_reason_to_string(view.reason));
}

/* The old configuration stays when the new one is refused; *ret_why is then the first reason, for the caller to free. */
static int manager_load_config(Manager *m, char **ret_why)
{
        _cleanup_config_errors_ ConfigErrors errors = {};
        Config config = {};
        int r = config_load(m->config_path, &config, &errors);

        if (r < 0) {
                for (unsigned i = 0; i < errors.n; i++)
                        events_log(m->events, LOG_ERR, "config-refused", MESSAGE_CONFIG_REFUSED, NULL, "%s",
                                   errors.lines[i]);
                *ret_why = strdup(errors.n > 0 ? errors.lines[0] : strerror(-r));
                return r;
        }
        /* Plans point into the policy. */
        manager_drop_plan(m);
        manager_forget_look(m);
        config_done(&m->config);
        m->config = config;
        remarks_log(&errors, manager_wanted_halves(m));
        drift_set_report_only(m->drift, m->config.drift == DRIFT_REPORT);
        return 0;
}

/* Told of both ways a reload can be asked for. 0, or the refusal with *ret_why. */
static int manager_do_reload(Manager *m, char **ret_why)
{
        int r;

        m->reload_asked = false;
        (void)sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%" PRIu64, manager_now_usec());
        r = manager_load_config(m, ret_why);
        if (r < 0) {
                log_message(LOG_ERR, "%s was refused; the policy in force stays as it is.", m->config_path);
                notify_status(m, "READY=1\n", "%s was refused, the old policy stays: %s: %s (%s)", m->config_path,
                              policy_state_to_string(m->state), manager_get_state_reason(m),
                              *ret_why ? *ret_why : "out of memory");
                return r;
        }
        manager_begin_task(m, m->restored ? TASK_RESTORE : TASK_APPLY, ORIGIN_PERSON);
        return 0;
}

static void manager_reload_asked(Manager *m)
{
        _cleanup_free_ char *why = NULL;

        (void)manager_do_reload(m, &why);
}

void manager_renew(Manager *m)
{
        m->renew_asked = m->task.kind != TASK_NONE;
        if (m->renew_asked || m->stopping || m->restored)
                return;
        manager_begin_task(m, TASK_APPLY, ORIGIN_EVENT);
}

/* A person does not wait for what nobody asked for: a new task begins from what stands then. */
static bool manager_is_busy(const Manager *m)
{
        return m->stopping || (m->task.kind != TASK_NONE && m->task.origin == ORIGIN_PERSON);
}

static int manager_ask(Manager *m, TaskKind kind)
{
        if (manager_is_busy(m))
                return -EBUSY;
        m->restored = kind == TASK_RESTORE;
        drift_reset(m->drift);
        manager_begin_task(m, kind, ORIGIN_PERSON);
        return 0;
}

int manager_apply(Manager *m)
{
        return manager_ask(m, TASK_APPLY);
}

int manager_restore(Manager *m)
{
        return manager_ask(m, TASK_RESTORE);
}

int manager_reload(Manager *m, char **ret_why)
{
        return manager_is_busy(m) ? -EBUSY : manager_do_reload(m, ret_why);
}

static void manager_stop(Manager *m, bool restart)
{
        m->stop_answered = true;
        (void)sd_event_source_set_enabled(m->stop_answer_source, SD_EVENT_OFF);

        /* The next start knows the true originals from the file. */
        if (restart || m->config.on_stop == STOP_KEEP) {
                (void)sd_event_exit(m->event, 0);
                return;
        }
        manager_begin_task(m, m->config.stop_policy.n_rules > 0 ? TASK_STOP_POLICY : TASK_RESTORE, ORIGIN_PERSON);
}

void manager_on_task_done(Manager *m, Task task)
{
        manager_forget_look(m);
        if (task.kind == TASK_STOP_POLICY) {
                manager_begin_task(m, TASK_RESTORE, ORIGIN_PERSON);
                return;
        }
        if (m->stop_answered && task.kind == TASK_RESTORE) {
                manager_notify(m, "");
                (void)sd_event_exit(m->event, m->failed ? EXIT_FAILURE : EXIT_SUCCESS);
                return;
        }
        if (m->stopping)
                return;
        manager_tell(m, MANAGER_CHANGED_IDLE);
        /* Asked while the plan ran: systemd is told READY=1 once, after the last one. */
        if (m->reload_asked) {
                manager_reload_asked(m);
                return;
        }
        manager_notify(m, task.origin == ORIGIN_PERSON ? "READY=1\n" : "");
        /* Until the next one a plan for thousands of CPUs leaves a megabyte of free blocks. */
        (void)malloc_trim(0);
        if (m->renew_asked)
                manager_renew(m);
}

void manager_on_clock_changed(Manager *m, const ClockChanges *changes)
{
        bool was_fragile = !m->facts.constant_tsc && changes->old_verdict != VERDICT_UNSTABLE;

        if (!(changes->mask & (CLOCK_CHANGED_VERDICT | CLOCK_CHANGED_CLOCKSOURCE | CLOCK_CHANGED_DETAILS)))
                return;
        if (m->observer)
                m->observer(m, &(ManagerNews) { .changes = MANAGER_CHANGED_CLOCK, .clock = changes },
                            m->observer_userdata);
        if (m->stopping || m->task.kind != TASK_NONE)
                return;
        manager_notify(m, "");
        /* Steps were withheld for the sake of a TSC that is gone now. */
        if ((changes->mask & CLOCK_CHANGED_VERDICT) && manager_get_clock(m)->verdict == VERDICT_UNSTABLE && was_fragile)
                manager_renew(m);
}

void manager_on_stop_job(Manager *m, bool restart)
{
        if (m->stopping && !m->stop_answered)
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

        if (m->stopping)
                return 0;
        if (m->task.kind != TASK_NONE)
                m->reload_asked = true;
        else
                manager_reload_asked(m);
        return 0;
}

/* SIGTERM looks the same for stop and restart: systemd is asked which it is. */
static int manager_on_terminate(sd_event_source *source, const struct signalfd_siginfo *info, void *userdata)
{
        Manager *m = userdata;

        if (m->stopping)
                return 0;
        m->stopping = true;
        drift_stop(m->drift);
        (void)sd_notify(0, "STOPPING=1");
        if (!m->observer) {
                manager_on_stop_job(m, false);
                return 0;
        }
        (void)sd_event_source_set_time_relative(m->stop_answer_source, MANAGER_STOP_ANSWER_USEC);
        (void)sd_event_source_set_enabled(m->stop_answer_source, SD_EVENT_ONESHOT);
        manager_tell(m, MANAGER_CHANGED_STOPPING);
        return 0;
}

static int manager_add_signal(Manager *m, int signal, sd_event_source **source, sd_event_signal_handler_t handler)
{
        int r = sd_event_add_signal(m->event, source, signal, handler, m);

        return r < 0 ? r : sd_event_source_set_description(*source, strsignal(signal));
}

/* host_originals_load(): the file is not what we write. Any other failure says nothing against it. */
static bool is_no_originals(int r)
{
        return r == -EBADMSG || r == -EFBIG || r == -EINVAL || r == -ELOOP;
}

int manager_start(Manager *m)
{
        int r = manager_add_task_sources(m);

        if (r >= 0)
                r = manager_add_signal(m, SIGHUP, &m->sighup_source, manager_on_sighup);
        if (r >= 0)
                r = manager_add_signal(m, SIGTERM, &m->sigterm_source, manager_on_terminate);
        if (r >= 0)
                r = manager_add_signal(m, SIGINT, &m->sigint_source, manager_on_terminate);
        if (r >= 0)
                r = sd_event_add_time_relative(m->event, &m->stop_answer_source, CLOCK_MONOTONIC, 0, 0,
                                               manager_on_no_answer, m);
        if (r >= 0)
                r = sd_event_source_set_enabled(m->stop_answer_source, SD_EVENT_OFF);
        if (r < 0)
                return log_error_errno(r, "Cannot set up the event loop");

        if (m->runtime_fd >= 0) {
                r = host_originals_load(m->runtime_fd, &m->originals);
                m->originals_broken = r < 0;
                if (r < 0)
                        (void)log_error_errno(r,
                                              "Cannot read the original values an earlier process left in the runtime "
                                              "directory, so nothing is written; %s",
                                              is_no_originals(r) ?
                                                      "look at the file `originals` there, then remove it" :
                                                      "once the cause is gone, restart the service");
        }
        r = manager_read_facts(m);
        if (r < 0)
                return r;
        /* Before the host is read: what comes later is heard. */
        r = manager_start_hotplug(m);
        if (r >= 0)
                r = manager_start_sleep(m);
        if (r >= 0)
                r = manager_start_clock(m);
        if (r >= 0)
                r = drift_start(m->drift, m->event);
        if (r < 0)
                return log_error_errno(r, "Cannot set up the event loop");
        guest_watch_set_count(m->guests, vms_probe());
        manager_begin_task(m, TASK_APPLY, ORIGIN_PERSON);
        return 0;
}

int manager_new(sd_event *event, const CpuOps *ops, void *ops_userdata, int runtime_fd, const char *config_path,
                Config *config, Manager **ret)
{
        _cleanup_(events_freep) Events *events = NULL;
        Manager *m = malloc(sizeof(*m));
        int r;

        if (!m || events_new(&events) < 0) {
                free(m);
                return -ENOMEM;
        }
        *m = (Manager) {
                .event = sd_event_ref(event),
                .ops = ops,
                .ops_userdata = ops_userdata,
                .runtime_fd = runtime_fd,
                .config_path = config_path,
                .config = *config,
                .events = TAKE_PTR(events),
                .state = POLICY_STATE_WAITING,
        };
        *config = (Config) {};
        r = manager_new_drift(m);
        if (r < 0) {
                manager_free(m);
                return r;
        }
        drift_set_report_only(m->drift, m->config.drift == DRIFT_REPORT);
        *ret = m;
        return 0;
}

Manager *manager_free(Manager *m)
{
        sd_event_source **sources[] = { &m->slice_source,  &m->settle_source,  &m->stop_answer_source,
                                        &m->sighup_source, &m->sigterm_source, &m->sigint_source };

        for (size_t i = 0; i < ARRAY_SIZE(sources); i++)
                *sources[i] = sd_event_source_disable_unref(*sources[i]);
        m->hotplug = hotplug_watch_free(m->hotplug);
        if (m->uevents)
                uevents_free(m->uevents);
        m->guests = guest_watch_free(m->guests);
        free(m->vms_when_lost);
        m->sleep = sleep_watch_free(m->sleep);
        conviction_watch_free(m->conviction);
        clock_watch_free(m->clock);
        drift_monitor_free(m->drift);
        manager_free_rivals(m);
        manager_done_view(m);
        events_free(m->events);
        run_done(&m->run);
        plan_done(&m->plan);
        snapshot_done(&m->snapshot);
        originals_done(&m->originals);
        facts_done(&m->facts);
        config_done(&m->config);
        free(m->state_reason);
        free(m->told_status);
        sd_event_unref(m->event);
        free(m);
        return NULL;
}
