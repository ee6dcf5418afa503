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
#include "manager/manager-internal.h"

/* Steps between two looks at the event loop: a few ms of writes. */
#define SLICE_STEPS 64
/* A large host is not killed for being large. */
#define EXTEND_TIMEOUT "EXTEND_TIMEOUT_USEC=30000000"
#define EXTEND_EVERY_USEC 5000000

#define MESSAGE_APPLIED "9fe5e0de0ec34204b133ceaaa069635a"
#define MESSAGE_DEGRADED "74aa9a4a030e43cbbae4d793ba5616cb"
#define MESSAGE_RESTORED "2d274763acb14cecbd537b0ab7f16ac2"

void manager_drop_plan(Manager *m)
{
        (void)sd_event_source_set_enabled(m->slice_source, SD_EVENT_OFF);
        (void)sd_event_source_set_enabled(m->settle_source, SD_EVENT_OFF);
        run_done(&m->run);
        plan_done(&m->plan);
        snapshot_done(&m->snapshot);
        m->task = (Task) {};
        m->started = m->prepared = false;
}

/* `before`: those a person has been told of, left out when nobody asked. */
static void manager_log_findings(Manager *m, const Findings *before)
{
        for (unsigned i = 0; i < m->findings.n; i++) {
                const Finding *finding = &m->findings.entries[i];
                _cleanup_free_ char *sentence = finding_format(finding), *object = NULL, *knob = NULL;
                const char *fields[3] = {};
                unsigned n = 0;

                if (m->task.origin != ORIGIN_PERSON && findings_have(before, finding))
                        continue;
                if (!sentence || finding_is_waiting(finding->kind) || finding->kind == FINDING_LIMITED) {
                        log_message(LOG_INFO, "%s", sentence ? sentence : "out of memory");
                        continue;
                }
                if (finding_is_note(finding->kind))
                        log_message(LOG_NOTICE, "%s", sentence);
                if (!finding_is_degraded(finding->kind))
                        continue;
                if (finding->object && asprintf(&object, "TSCWARDEN_OBJECT=%s", finding->object) >= 0)
                        fields[n++] = object;
                if (asprintf(&knob, "TSCWARDEN_KNOB=%s", knob_to_string(finding->knob)) >= 0)
                        fields[n++] = knob;
                events_log(m->events, LOG_WARNING, "degraded", MESSAGE_DEGRADED, fields, "%s", sentence);
        }
}

static int manager_save_originals(Manager *m)
{
        int r;

        if (!m->originals_unsaved || m->originals_broken)
                return 0;
        r = m->runtime_fd < 0 ? -ENOENT : host_originals_save(m->runtime_fd, &m->originals);
        m->originals_unsaved = r < 0;
        return r;
}

/* What could not be saved is forgotten: nothing is written then, and by the next attempt somebody else may have been there. */
static int manager_keep_originals(Manager *m)
{
        _cleanup_originals_ Originals before = {};
        bool unsaved = m->originals_unsaved;
        int r = originals_copy(&m->originals, &before);

        if (r < 0)
                return r;
        r = plan_collect_originals(&m->plan, &m->snapshot, &m->originals);
        if (r >= 0) {
                m->originals_unsaved = m->originals_unsaved || r > 0;
                r = manager_save_originals(m);
        }
        if (r < 0) {
                originals_done(&m->originals);
                m->originals = before;
                m->originals_unsaved = unsaved;
                before = (Originals) {};
        }
        return r;
}

/* Whether our own file does: what stands in those of cpupower is cpupower's to apply where we need not. */
static bool config_sets(const Config *config, bool frequency)
{
        for (unsigned i = 0; i < config->policy.n_rules && config->sets_policy; i++)
                for (PolicyKey key = 0; key < POLICY_KEY_MAX_; key++)
                        if (config->policy.rules[i].file && config->policy.rules[i].has[key] &&
                            policy_key_is_idle(key) != frequency)
                                return true;
        return false;
}

static const Policy *manager_task_policy(const Manager *m)
{
        return m->task.kind == TASK_STOP_POLICY ? &m->config.stop_policy : &m->config.policy;
}

int manager_read_facts(Manager *m)
{
        Facts facts = {};
        int r = facts_read(&facts);

        if (r < 0)
                return log_error_errno(r, "Cannot read what this host is (/proc/cpuinfo, /proc/cmdline)");
        facts_done(&m->facts);
        m->facts = facts;
        m->facts_unused = true;
        /* It borrows from them. */
        m->clock_facts.cmdline = m->facts.cmdline;
        return 0;
}

static int manager_read_host(Manager *m)
{
        int r = 0;

        /* The first task has those of the start. /proc/cpuinfo is dear: in many kernels its opening asks each CPU for its frequency
         * (arch/x86/kernel/cpu/aperfmperf.c arch_freq_prepare_all). */
        if (!m->facts_unused)
                r = manager_read_facts(m);
        m->facts_unused = false;
        if (r < 0)
                return r;
        m->halves = m->task.kind != TASK_RESTORE ? manager_halves(m) : (Need) {};

        r = m->ops->enumerate(m->ops_userdata, &m->snapshot);
        if (r < 0)
                return log_error_errno(r, "Cannot read /sys/devices/system/cpu");
        cpu_read_energy(m->ops, m->ops_userdata, manager_task_policy(m), &m->originals, &m->snapshot);
        return 0;
}

/* The clock may have heard of the end before the facts were read again. */
static bool manager_tsc_is_fragile(const Manager *m)
{
        return facts_tsc_is_fragile(&m->facts) && manager_get_clock(m)->verdict != VERDICT_UNSTABLE;
}

int manager_build_plan(const Manager *m, const Policy *policy, const Snapshot *snapshot, Need halves, Plan *ret)
{
        PlanInput input = {
                .snapshot = snapshot,
                .policy = policy,
                .originals = &m->originals,
                .frequency = halves.frequency,
                .idle = halves.idle,
                .fragile_tsc = manager_tsc_is_fragile(m),
        };

        return plan_build(&input, ret);
}

static int manager_make_plan(Manager *m)
{
        int r = m->prepared ? 0 : manager_build_plan(m, manager_task_policy(m), &m->snapshot, m->halves, &m->plan);

        if (r < 0)
                return log_error_errno(r, "Cannot make a plan");
        drift_filter(m->drift, &m->plan, m->task.kind == TASK_APPLY, m->task.origin == ORIGIN_PERSON);
        if (m->originals_broken && m->plan.n_steps > 0)
                return log_error_errno(-EBADMSG, "The original values could not be kept, so nothing is written");
        r = manager_keep_originals(m);
        if (r < 0)
                return log_error_errno(
                        r, "Cannot save the original values to the runtime directory, so nothing is written");
        if (m->task.origin != ORIGIN_REPAIR)
                drift_expect(m->drift, m->plan.wanted, m->plan.n_wanted);
        run_init(&m->run, m->ops, m->ops_userdata, &m->plan, &m->snapshot, manager_tsc_is_fragile(m));
        return 0;
}

static void manager_finish_drift(Manager *m)
{
        TaskResult result = {
                .is_apply = m->task.kind == TASK_APPLY,
                .in_force = m->task.kind == TASK_APPLY && (m->halves.frequency || m->halves.idle),
                .asked_by_person = m->task.origin == ORIGIN_PERSON,
                .failed = m->failed,
                .fragile_tsc = facts_tsc_is_fragile(&m->facts),
                .plan = &m->plan,
                .snapshot = &m->snapshot,
                .findings = &m->findings,
        };

        drift_task_done(m->drift, &result);
        manager_tell_rivals(m);
}

/* The step that could not be taken is in the journal already. */
static void manager_fail_task(Manager *m)
{
        Task task = m->task;

        m->failed = true;
        manager_finish_drift(m);
        manager_drop_plan(m);
        manager_set_state(m, POLICY_STATE_DEGRADED,
                          strdup("The last attempt failed before anything was written; the journal "
                                 "has the cause."));
        manager_on_task_done(m, task);
}

/* Without the speed that goes with the governor userspace: kept, not held. */
static unsigned count_knobs(const Plan *plan)
{
        unsigned n = 0;

        for (size_t i = 0; i < plan->n_wanted; i++)
                n += plan->wanted[i].id.knob != KNOB_SCALING_SETSPEED;
        return n;
}

static void manager_judge(Manager *m)
{
        OutcomeInput input = {
                .facts = &m->facts,
                .never = m->config.apply == APPLY_NEVER,
                .frequency = m->halves.frequency,
                .idle = m->halves.idle,
                .snapshot = &m->snapshot,
                .policy = &m->config.policy,
                .findings = &m->findings,
                .n_knobs = count_knobs(&m->plan),
                .for_guests = m->config.apply_when == APPLY_WHEN_GUESTS,
                .guests_unknown = manager_get_vms(m)->n == VMS_UNKNOWN,
        };
        PolicyState state = POLICY_STATE_DEGRADED;
        Need need = need_from_facts(&m->facts), wanted = manager_wanted_halves(m);
        char *reason = NULL;
        int r;

        if (m->task.kind == TASK_STOP_POLICY)
                return;
        if (m->task.kind == TASK_RESTORE) {
                const char *why = "Every value is what it was.";

                if (m->originals.n > 0)
                        why = "Not every value could be put back; once the cause is gone, tscwardend --restore does it.";
                else if (m->stopping && m->config.stop_policy.n_rules > 0)
                        why = "Every value is what CPUPOWER_STOP_OPTS says, or what it was.";
                manager_set_state(m, POLICY_STATE_RESTORED, strdup(why));
                return;
        }
        input.no_guests = (wanted.frequency || wanted.idle) && manager_waits_for_guests(m);
        if (m->config.apply == APPLY_AUTO) {
                input.frequency_unused = !need.frequency && config_sets(&m->config, true);
                input.idle_unused = !need.idle && config_sets(&m->config, false);
        }
        r = outcome_judge(&input, &state, &reason);
        if (r < 0)
                (void)log_error_errno(r, "Cannot judge what became of the policy");
        manager_set_state(m, state, reason);
}

static void manager_log_outcome(Manager *m, const Findings *before)
{
        manager_log_findings(m, before);
        if (m->task.kind == TASK_RESTORE && m->originals.n > 0)
                log_message(LOG_WARNING,
                            "%zu original value%s could not be put back; kept in the runtime directory for "
                            "tscwardend --restore.",
                            m->originals.n, m->originals.n == 1 ? "" : "s");
        if (m->n_done == 0 || m->task.origin == ORIGIN_REPAIR)
                return;
        if (m->task.kind == TASK_STOP_POLICY)
                log_message(LOG_NOTICE, "Set %u of %u values for the stop (CPUPOWER_STOP_OPTS).", m->n_done,
                            m->n_steps);
        else if (m->task.kind == TASK_RESTORE || (!m->halves.frequency && !m->halves.idle))
                events_log(m->events, LOG_NOTICE, "restored", MESSAGE_RESTORED, NULL, "Put back %u of %u values: %s",
                           m->n_done, m->n_steps, manager_get_state_reason(m));
        else
                events_log(m->events, LOG_NOTICE, "applied", MESSAGE_APPLIED, NULL, "Set %u of %u values: %s",
                           m->n_done, m->n_steps, manager_get_state_reason(m));
}

/* What the plan and its run found, and which CPUs that concerns, outlives both. *ret_before: what the task before found, the
 * caller's. */
static void manager_keep_findings(Manager *m, Findings *ret_before)
{
        int r = 0;

        *ret_before = m->findings;
        m->findings = m->plan.findings;
        m->plan.findings = (Findings) {};
        for (unsigned i = 0; i < m->run.findings.n && r == 0; i++)
                r = findings_add(&m->findings, &m->run.findings.entries[i], &m->run.findings.entries[i].cpus);

        cpuset_done(&m->present_cpus);
        cpuset_done(&m->managed_cpus);
        cpuset_done(&m->degraded_cpus);
        for (unsigned i = 0; i < m->snapshot.n_cpus && r == 0; i++)
                r = cpuset_add(&m->present_cpus, m->snapshot.cpus[i].id);
        for (size_t i = 0; i < m->plan.n_wanted && r == 0; i++)
                r = snapshot_add_cpus_of(&m->managed_cpus, &m->snapshot, &m->plan.wanted[i].id);
        for (unsigned i = 0; i < m->findings.n && r == 0; i++)
                if (finding_is_degraded(m->findings.entries[i].kind))
                        r = cpuset_add_all(&m->degraded_cpus, &m->findings.entries[i].cpus);
        if (r < 0)
                (void)log_error_errno(r, "Cannot keep which CPUs the plan concerned, ignoring");
}

/* The TSC was lost while its plan ran. It dies only once. */
static bool manager_tsc_died(const Manager *m)
{
        _cleanup_facts_ Facts facts = {};

        return m->run.fragile_tsc && facts_read(&facts) == 0 && !facts_tsc_is_fragile(&facts);
}

static bool findings_have_gone(const Findings *findings)
{
        for (unsigned i = 0; i < findings->n; i++) {
                const Finding *finding = &findings->entries[i];

                if (finding->kind == FINDING_FAILED &&
                    (finding->error == -EBUSY || finding->error == -ENODEV || finding->error == -ENOENT))
                        return true;
        }
        return false;
}

/* A CPU went offline, or a driver went, while the host was read or written (EBUSY: drivers/cpufreq/cpufreq.c store). It is no fault
 * if what is there now can be written; asked once, so that what stays so is told. */
static bool manager_lost_object(const Manager *m)
{
        return !m->read_again && (findings_have_gone(&m->plan.findings) || findings_have_gone(&m->run.findings));
}

static void manager_finish_task(Manager *m)
{
        _cleanup_findings_ Findings before = {};
        bool lost_object = manager_lost_object(m);
        Task task = m->task;
        int r;

        if (originals_drop_settled(&m->originals, &m->plan, &m->snapshot, task.kind == TASK_RESTORE))
                m->originals_unsaved = true;
        if (task.kind == TASK_STOP_POLICY && originals_drop_reached(&m->originals, &m->plan, &m->snapshot))
                m->originals_unsaved = true;
        r = manager_save_originals(m);
        if (r < 0)
                (void)log_error_errno(r, "Cannot save which original values are still out, ignoring");
        /* What was held back for its sake need not be any more. */
        if (manager_tsc_died(m) || lost_object) {
                unsigned n_done = m->n_done + m->run.n_done, n_steps = m->n_steps + m->plan.n_steps;

                manager_begin_task(m, task.kind, task.origin);
                m->read_again = lost_object;
                m->n_done = n_done;
                m->n_steps = n_steps;
                return;
        }
        m->n_done += m->run.n_done;
        m->n_steps += m->plan.n_steps;
        manager_keep_findings(m, &before);
        if (task.kind == TASK_APPLY)
                m->applied_usec = manager_now_usec();
        manager_judge(m);
        manager_log_outcome(m, &before);
        if (task.kind == TASK_APPLY)
                manager_note_late_driver(m);
        manager_forget_look(m);
        manager_tell(m, MANAGER_CHANGED_LISTS);
        /* As the knobs now stand; a repair only takes them back there. */
        if (m->task.origin != ORIGIN_REPAIR)
                manager_update_clock_facts(m);
        manager_finish_drift(m);
        manager_drop_plan(m);
        manager_on_task_done(m, task);
}

static void manager_extend_timeout(Manager *m, uint64_t now_usec)
{
        if (now_usec - m->extended_usec < EXTEND_EVERY_USEC)
                return;
        m->extended_usec = now_usec;
        (void)sd_notify(0, EXTEND_TIMEOUT);
}

/* 0, or a negative errno that the journal has: nothing was written. */
static int manager_start_task(Manager *m)
{
        int r = m->prepared ? 0 : manager_read_host(m);

        if (r < 0)
                return r;
        m->started = true;
        r = manager_make_plan(m);
        m->prepared = false;
        return r;
}

static int manager_on_slice(sd_event_source *source, void *userdata)
{
        Manager *m = userdata;
        RunState state = RUN_DONE;
        uint64_t now_usec;
        int r;

        (void)sd_event_now(m->event, CLOCK_MONOTONIC, &now_usec);
        manager_extend_timeout(m, now_usec);
        if (!m->started && manager_start_task(m) < 0) {
                manager_fail_task(m);
                return 0;
        }
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

void manager_begin_task(Manager *m, TaskKind kind, TaskOrigin origin)
{
        manager_drop_plan(m);
        m->task = (Task) { .kind = kind, .origin = origin };
        m->failed = m->read_again = false;
        m->n_done = m->n_steps = 0;

        if (sd_event_source_set_enabled(m->slice_source, SD_EVENT_ONESHOT) < 0)
                manager_fail_task(m);
}

void manager_begin_repair(Manager *m, Snapshot *snapshot, Plan *plan)
{
        /* A task that is about to start repairs too, if it reads the host itself. */
        if (m->task.kind != TASK_NONE) {
                if (m->task.origin == ORIGIN_REPAIR)
                        manager_begin_task(m, TASK_APPLY, ORIGIN_REPAIR);
                snapshot_done(snapshot);
                plan_done(plan);
        } else {
                manager_begin_task(m, TASK_APPLY, ORIGIN_REPAIR);
                m->snapshot = *snapshot;
                m->plan = *plan;
                m->prepared = plan->n_wanted > 0;
        }
        *snapshot = (Snapshot) {};
        *plan = (Plan) {};
}

int manager_add_task_sources(Manager *m)
{
        int r = sd_event_add_defer(m->event, &m->slice_source, manager_on_slice, m);

        if (r >= 0)
                r = sd_event_source_set_enabled(m->slice_source, SD_EVENT_OFF);
        /* A defer source is always pending, for longer than any other: at the same priority a signal would wait for the whole plan
         * (sd-event's pending_prioq_compare). */
        if (r >= 0)
                r = sd_event_source_set_priority(m->slice_source, SD_EVENT_PRIORITY_IDLE);
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
