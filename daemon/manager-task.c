/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Carries one plan at a time through the event loop: facts, snapshot, plan, originals saved, steps in slices, outcome.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <systemd/sd-daemon.h>
#include <time.h>

#include "base/log.h"
#include "host/originals.h"
#include "manager-internal.h"

/* Steps between two looks at the event loop: a few ms of writes. */
#define SLICE_STEPS 64
/* A large host is not killed for being large. */
#define EXTEND_TIMEOUT "EXTEND_TIMEOUT_USEC=30000000"
#define EXTEND_EVERY_USEC 5000000

#define MESSAGE_APPLIED "9fe5e0de0ec34204b133ceaaa069635a"
#define MESSAGE_DEGRADED "74aa9a4a030e43cbbae4d793ba5616cb"
#define MESSAGE_RESTORED "2d274763acb14cecbd537b0ab7f16ac2"

static void manager_drop_plan(Manager *m)
{
        run_done(&m->run);
        plan_done(&m->plan);
        snapshot_done(&m->snapshot);
        m->task = TASK_NONE;
}

static void manager_log_findings(const Findings *findings)
{
        for (unsigned i = 0; i < findings->n; i++) {
                const Finding *finding = &findings->entries[i];
                _cleanup_free_ char *sentence = finding_format(finding), *object = NULL, *knob = NULL;
                const char *fields[3] = {};
                unsigned n = 0;

                if (!sentence || !finding_is_degraded(finding->kind))
                        continue;
                if (finding->object && asprintf(&object, "TSCWARDEN_OBJECT=%s", finding->object) >= 0)
                        fields[n++] = object;
                if (asprintf(&knob, "TSCWARDEN_KNOB=%s", knob_to_string(finding->knob)) >= 0)
                        fields[n++] = knob;
                log_event(LOG_WARNING, MESSAGE_DEGRADED, fields, "%s", sentence);
        }
}

static int manager_save_originals(Manager *m)
{
        int r;

        if (!m->originals_unsaved)
                return 0;
        r = m->runtime_fd < 0 ? -ENOENT : host_originals_save(m->runtime_fd, &m->originals);
        m->originals_unsaved = r < 0;
        return r;
}

/* Whether our own file does: what stands in those of cpupower is cpupower's to apply where we need not. */
static bool config_sets(const Config *config, bool frequency)
{
        for (unsigned i = 0; i < config->policy.n_rules && config->sets_policy; i++)
                for (PolicyKey key = 0; key < POLICY_KEY_MAX_; key++)
                        if (config->policy.rules[i].file && config->policy.rules[i].has[key] && policy_key_is_idle(key) != frequency)
                                return true;
        return false;
}

static const Policy *manager_task_policy(const Manager *m)
{
        return m->task == TASK_STOP_POLICY ? &m->config.stop_policy : &m->config.policy;
}

static int manager_read_host(Manager *m)
{
        Facts facts = {};
        int r = facts_read(&facts);

        if (r < 0)
                return log_error_errno(r, "Cannot read what this host is (/proc/cpuinfo, /proc/cmdline)");
        facts_done(&m->facts);
        m->facts = facts;
        m->halves = m->task != TASK_RESTORE ? need_under_mode(&m->facts, m->config.apply) : (Need) {};

        r = m->ops->enumerate(m->ops_userdata, &m->snapshot);
        if (r < 0)
                return log_error_errno(r, "Cannot read /sys/devices/system/cpu");
        run_read_energy(m->ops, m->ops_userdata, manager_task_policy(m), &m->originals, &m->snapshot);
        return 0;
}

static int manager_make_plan(Manager *m)
{
        PlanInput input = {
                .snapshot = &m->snapshot,
                .policy = manager_task_policy(m),
                .originals = &m->originals,
                .frequency = m->halves.frequency,
                .idle = m->halves.idle,
                .fragile_tsc = facts_tsc_is_fragile(&m->facts),
        };
        int r = plan_build(&input, &m->plan);

        if (r == 0)
                r = plan_collect_originals(&m->plan, &m->snapshot, &m->originals);
        if (r < 0)
                return log_error_errno(r, "Cannot make a plan");
        m->originals_unsaved = m->originals_unsaved || r > 0;
        r = manager_save_originals(m);
        if (r < 0)
                return log_error_errno(r, "Cannot save the original values to the runtime directory, so nothing is written");
        run_init(&m->run, m->ops, m->ops_userdata, &m->plan, &m->snapshot, input.fragile_tsc);
        return 0;
}

/* The step that could not be taken is in the journal already. */
static void manager_fail_task(Manager *m)
{
        Task task = m->task;

        manager_drop_plan(m);
        manager_set_state(m, POLICY_STATE_DEGRADED, strdup("The last attempt failed before anything was written; the journal "
                                                           "has the cause."));
        manager_on_task_done(m, task);
}

static void manager_judge(Manager *m)
{
        OutcomeInput input = {
                .facts = &m->facts,
                .never = m->config.apply == APPLY_NEVER,
                .frequency = m->halves.frequency,
                .idle = m->halves.idle,
                .findings = { &m->plan.findings, &m->run.findings },
                .n_knobs = m->plan.n_wanted,
        };
        PolicyState state = POLICY_STATE_DEGRADED;
        char *reason = NULL;

        if (m->task == TASK_STOP_POLICY)
                return;
        if (m->task == TASK_RESTORE) {
                manager_set_state(m, POLICY_STATE_RESTORED, strdup(
                        m->originals.n > 0 ? "Not every value could be put back; the journal names them." :
                        m->config.stop_policy.n_rules > 0 ? "Every value is what CPUPOWER_STOP_OPTS says, or what it was." :
                        "Every value is what it was."));
                return;
        }
        if (m->config.apply == APPLY_AUTO) {
                input.frequency_unused = !m->halves.frequency && config_sets(&m->config, true);
                input.idle_unused = !m->halves.idle && config_sets(&m->config, false);
        }
        (void)outcome_judge(&input, &state, &reason);
        manager_set_state(m, state, reason);
}

static void manager_log_outcome(Manager *m)
{
        manager_log_findings(&m->plan.findings);
        manager_log_findings(&m->run.findings);
        if (m->task == TASK_RESTORE && m->originals.n > 0)
                log_message(LOG_WARNING, "%zu original values could not be put back; they stay in the runtime directory for "
                            "tscwardend --restore.", m->originals.n);
        if (m->run.n_written == 0)
                return;
        if (m->task == TASK_STOP_POLICY) {
                log_message(LOG_NOTICE, "Set %u of %zu values for the stop (CPUPOWER_STOP_OPTS).", m->run.n_done,
                            m->plan.n_steps);
                return;
        }
        log_event(LOG_NOTICE, m->task == TASK_RESTORE ? MESSAGE_RESTORED : MESSAGE_APPLIED, NULL, "%s %u of %zu values: %s",
                  m->task == TASK_RESTORE ? "Put back" : "Set", m->run.n_done, m->plan.n_steps, manager_get_state_reason(m));
}

static void manager_finish_task(Manager *m)
{
        Task task = m->task;
        bool was_fragile = m->run.fragile_tsc;
        Facts facts = {};
        int r;

        if (originals_drop_settled(&m->originals, &m->plan, &m->snapshot, task == TASK_RESTORE))
                m->originals_unsaved = true;
        if (task == TASK_STOP_POLICY && originals_drop_reached(&m->originals, &m->plan, &m->snapshot))
                m->originals_unsaved = true;
        r = manager_save_originals(m);
        if (r < 0)
                (void)log_error_errno(r, "Cannot save which original values are still out, ignoring");
        manager_judge(m);
        manager_log_outcome(m);
        manager_drop_plan(m);

        /* Lost while we were at it: what was held back for its sake need not be any more. It dies only once. */
        if (was_fragile && facts_read(&facts) == 0 && !facts_tsc_is_fragile(&facts)) {
                facts_done(&facts);
                manager_begin_task(m, task);
                return;
        }
        facts_done(&facts);
        manager_on_task_done(m, task);
}

static void manager_extend_timeout(Manager *m, uint64_t now_usec)
{
        if (now_usec - m->extended_usec < EXTEND_EVERY_USEC)
                return;
        m->extended_usec = now_usec;
        (void)sd_notify(0, EXTEND_TIMEOUT);
}

static int manager_on_slice(sd_event_source *source, void *userdata)
{
        Manager *m = userdata;
        RunState state = RUN_DONE;
        uint64_t now_usec;
        int r;

        (void)sd_event_now(m->event, CLOCK_MONOTONIC, &now_usec);
        manager_extend_timeout(m, now_usec);
        r = run_advance(&m->run, now_usec, SLICE_STEPS, &state);
        if (r < 0) {
                (void)log_error_errno(r, "The plan was given up half-way");
                manager_finish_task(m);
                return 0;
        }
        switch (state) {
        case RUN_DONE:
                manager_finish_task(m);
                return 0;
        case RUN_MORE:
                return sd_event_source_set_enabled(m->slice_source, SD_EVENT_ONESHOT);
        case RUN_WAIT:
                r = sd_event_source_set_time_relative(m->settle_source, RUN_RECHECK_USEC);
                return r < 0 ? r : sd_event_source_set_enabled(m->settle_source, SD_EVENT_ONESHOT);
        }
        return 0;
}

static int manager_on_settle(sd_event_source *source, uint64_t usec, void *userdata)
{
        return manager_on_slice(source, userdata);
}

void manager_begin_task(Manager *m, Task task)
{
        (void)sd_event_source_set_enabled(m->slice_source, SD_EVENT_OFF);
        (void)sd_event_source_set_enabled(m->settle_source, SD_EVENT_OFF);
        manager_drop_plan(m);
        m->task = task;

        if (manager_read_host(m) < 0 || manager_make_plan(m) < 0 ||
            sd_event_source_set_enabled(m->slice_source, SD_EVENT_ONESHOT) < 0)
                manager_fail_task(m);
}

int manager_add_task_sources(Manager *m)
{
        int r = sd_event_add_defer(m->event, &m->slice_source, manager_on_slice, m);

        if (r >= 0)
                r = sd_event_source_set_enabled(m->slice_source, SD_EVENT_OFF);
        if (r >= 0)
                r = sd_event_source_set_description(m->slice_source, "plan-slice");
        if (r >= 0)
                r = sd_event_add_time_relative(m->event, &m->settle_source, CLOCK_MONOTONIC, 0, RUN_RECHECK_USEC,
                                               manager_on_settle, m);
        if (r >= 0)
                r = sd_event_source_set_enabled(m->settle_source, SD_EVENT_OFF);
        if (r >= 0)
                r = sd_event_source_set_description(m->settle_source, "plan-settle");
        return r < 0 ? r : 0;
}
