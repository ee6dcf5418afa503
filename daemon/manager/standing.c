/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "manager/standing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/time.h"
#include "host/config/config-store.h"
#include "manager/wish.h"
#include "model/finding-part.h"
#include "model/knob.h"
#include "model/plan-types.h"
#include "model/snapshot.h"
#include "model/vms.h"

#define MESSAGE_APPLIED "9fe5e0de0ec34204b133ceaaa069635a"
#define MESSAGE_RESTORED "2d274763acb14cecbd537b0ab7f16ac2"
#define MESSAGE_DEGRADED "74aa9a4a030e43cbbae4d793ba5616cb"

void standing_init(Standing *s, uint64_t now_usec)
{
        *s = (Standing) { .state = POLICY_STATE_WAITING, .start_usec = now_usec };
}

void standing_done(Standing *s)
{
        free(s->reason);
        cpuset_done(&s->present);
        cpuset_done(&s->managed);
        cpuset_done(&s->degraded);
        findings_done(&s->findings);
}

/* Takes over `reason`; NULL: out of memory. */
static void standing_set(Standing *s, PolicyState state, char *reason)
{
        s->state = state;
        free(s->reason);
        s->reason = reason;
}

void standing_set_failed(Standing *s)
{
        standing_set(s, POLICY_STATE_DEGRADED,
                     strdup("The last attempt failed before it wrote anything; the journal has the cause."));
}

const char *standing_get_reason(const Standing *s)
{
        if (s->reason)
                return s->reason;
        /* No task has ended yet, or there was no memory for the reason. */
        return s->state == POLICY_STATE_WAITING ? "" : "Out of memory: the reason is not known.";
}

bool standing_can_part(const Standing *s, const SnapshotPart *part, const Snapshot *snapshot)
{
        return findings_can_part(&s->findings, part, snapshot);
}

static int add_findings(Standing *s, const Findings *findings)
{
        int r = 0;

        for (unsigned i = 0; i < findings->n && r == 0; i++)
                r = findings_add(&s->findings, &findings->entries[i], &findings->entries[i].cpus);
        return r;
}

/* The CPUs of the whole host. 0 or -ENOMEM. */
static int keep_whole(Standing *s, Plan *plan, const Snapshot *snapshot)
{
        int r = 0;

        s->findings = TAKE_STRUCT(plan->findings);
        cpuset_done(&s->present);
        cpuset_done(&s->managed);
        for (unsigned i = 0; i < snapshot->n_cpus && r == 0; i++)
                r = cpuset_add(&s->present, snapshot->cpus[i].id);
        return r;
}

/* A task about a part finds the same CPUs in the machine as the one before. 0 or -ENOMEM. */
static int keep_part(Standing *s, const Plan *plan, const Snapshot *snapshot, const Findings *before)
{
        int r = findings_add_rest(&s->findings, before, &plan->part, snapshot);

        cpuset_remove_all(&s->managed, &plan->part.cpus);
        return r < 0 ? r : add_findings(s, &plan->findings);
}

static void keep_findings(Standing *s, const TaskEnd *end, Findings *ret_before)
{
        const Snapshot *snapshot = end->snapshot;
        Plan *plan = end->plan;
        const Findings before = TAKE_STRUCT(s->findings);
        int r;

        if (snapshot_part_is_empty(&plan->part))
                r = keep_whole(s, plan, snapshot);
        else
                r = keep_part(s, plan, snapshot, &before);
        if (r == 0)
                r = add_findings(s, &end->run->findings);
        cpuset_done(&s->degraded);
        for (size_t i = 0; i < plan->n_wanted && r == 0; i++)
                r = snapshot_add_cpus_of(&s->managed, snapshot, &plan->wanted[i].id);
        for (unsigned i = 0; i < s->findings.n && r == 0; i++)
                if (finding_is_degraded(s->findings.entries[i].kind))
                        r = cpuset_add_all(&s->degraded, &s->findings.entries[i].cpus);
        if (r < 0)
                (void)log_error_errno(r, "Cannot store which CPUs the plan concerned, ignoring");
        *ret_before = before;
}

static void log_degraded(const Finding *finding, const char *sentence, Events *events)
{
        _cleanup_free_ char *object = NULL, *knob = NULL;
        const char *fields[3] = {};
        unsigned n = 0;

        if (finding->object && asprintf(&object, "TSCWARDEN_OBJECT=%s", finding->object) >= 0)
                fields[n++] = object;
        if (asprintf(&knob, "TSCWARDEN_KNOB=%s", knob_to_string(finding->knob)) >= 0)
                fields[n++] = knob;
        events_log(events, LOG_WARNING, "degraded", MESSAGE_DEGRADED, fields, "%s", sentence);
}

static void log_findings(const Standing *s, const Findings *before, Events *events)
{
        for (unsigned i = 0; i < s->findings.n; i++) {
                const Finding *finding = &s->findings.entries[i];
                _cleanup_free_ char *sentence = finding_format(finding);

                if (before && findings_have(before, finding))
                        continue;
                if (!sentence || finding_is_waiting(finding->kind) || finding->kind == FINDING_LIMITED) {
                        log_message(LOG_INFO, "%s", sentence ? sentence : "out of memory");
                        continue;
                }
                if (finding_is_note(finding->kind))
                        log_message(LOG_NOTICE, "%s", sentence);
                if (finding_is_degraded(finding->kind))
                        log_degraded(finding, sentence, events);
        }
}

static OutcomeInput outcome_input(const Standing *s, const TaskEnd *end)
{
        const Planner *p = end->planner;
        const Config *config = &p->config;
        Halves wanted = wish_wanted(config, &p->facts);

        return (OutcomeInput) {
                .facts = &p->facts,
                .never = config->apply == APPLY_NEVER,
                .halves = p->in_force,
                .unused = config_find_unused(config, &p->facts),
                .for_guests = config->apply_when == APPLY_WHEN_GUESTS,
                .guests_unknown = guest_watch_get_vms(p->guests)->n == VMS_UNKNOWN,
                .no_guests = (wanted.frequency || wanted.idle) && wish_waits_for_guests(config, p->guests),
                .snapshot = end->snapshot,
                .policy = &config->policy,
                .findings = &s->findings,
                .n_knobs = end->n_knobs,
        };
}

/* Returns outcome_judge()'s summary. */
static char *judge_applied(Standing *s, const TaskEnd *end)
{
        OutcomeInput input = outcome_input(s, end);
        PolicyState state = POLICY_STATE_DEGRADED;
        char *reason = NULL, *summary = NULL;
        int r = outcome_judge(&input, &state, &reason, &summary);

        if (r < 0)
                (void)log_error_errno(r, "Cannot find out the state of the policy");
        standing_set(s, state, reason);
        return summary;
}

static const char *restored_text(const TaskEnd *end)
{
        if (end->planner->originals.values.n > 0)
                return "Some values could not be put back. Remove the cause, then run tscwardend --restore.";
        if (end->stopping && end->planner->config.stop_policy.n_rules > 0)
                return "Every value is as CPUPOWER_STOP_OPTS says, or is the original one.";
        return "Every value is the original one.";
}

/* Returns what the log says of a policy that is applied: a heap string, or NULL. */
static char *judge(Standing *s, const TaskEnd *end)
{
        switch (end->task.kind) {
        case TASK_APPLY:
                s->applied_usec = time_usec(CLOCK_MONOTONIC);
                return judge_applied(s, end);
        case TASK_RESTORE:
                standing_set(s, POLICY_STATE_RESTORED, strdup(restored_text(end)));
                return NULL;
        default: /* A task of the same kind follows. */
                return NULL;
        }
}

/* The findings have their own lines in the log. */
static void log_applied(const Standing *s, const TaskEnd *end, const char *summary)
{
        Events *events = end->planner->events;

        if (summary)
                events_log(events, LOG_NOTICE, "applied", MESSAGE_APPLIED, NULL, "Set %u of %u values: %s", end->n_done,
                           end->n_steps, summary);
        else
                events_log(events, LOG_NOTICE, "applied", MESSAGE_APPLIED, NULL,
                           "Set %u of %u values, but the policy is %s: tscwarden status says why.", end->n_done,
                           end->n_steps, policy_state_to_string(s->state));
}

static void log_done(const Standing *s, const TaskEnd *end, const char *summary)
{
        Halves halves = end->planner->in_force;

        if (end->n_done == 0 || end->task.origin == ORIGIN_REPAIR)
                return;
        if (end->task.kind == TASK_STOP_POLICY)
                log_message(LOG_NOTICE, "Set %u of %u values for the stop (CPUPOWER_STOP_OPTS).", end->n_done,
                            end->n_steps);
        else if (end->task.kind == TASK_RESTORE || (!halves.frequency && !halves.idle))
                events_log(end->planner->events, LOG_NOTICE, "restored", MESSAGE_RESTORED, NULL,
                           "Put back %u of %u values: %s", end->n_done, end->n_steps, standing_get_reason(s));
        else
                log_applied(s, end, summary);
}

static Halves waiting_halves(const Findings *findings)
{
        Halves waiting = {};

        for (unsigned i = 0; i < findings->n; i++) {
                waiting.frequency = waiting.frequency || findings->entries[i].kind == FINDING_NO_CPUFREQ;
                waiting.idle = waiting.idle || findings->entries[i].kind == FINDING_NO_CPUIDLE;
        }
        return waiting;
}

static const char *halves_name(bool frequency, bool idle)
{
        if (frequency && idle)
                return "frequency and idle";
        return frequency ? "frequency" : "idle";
}

static void note_late_driver(Standing *s, Halves halves)
{
        Halves before = s->waiting, now = waiting_halves(&s->findings);
        bool frequency = before.frequency && !now.frequency && halves.frequency;
        bool idle = before.idle && !now.idle && halves.idle;
        double now_usec = (double)time_usec(CLOCK_MONOTONIC);

        s->waiting = now;
        if (s->late_logged || (!frequency && !idle))
                return;
        s->late_logged = true;
        log_message(
                LOG_NOTICE,
                "This host ran without its %s policy until the driver loaded: %.1f s from the boot, %.1f s from this "
                "daemon's start.",
                halves_name(frequency, idle), now_usec / 1e6, (now_usec - (double)s->start_usec) / 1e6);
}

static void log_left(const TaskEnd *end)
{
        size_t n = end->planner->originals.values.n;

        if (end->task.kind == TASK_RESTORE && n > 0)
                log_message(LOG_WARNING,
                            "%zu original value%s could not be put back; kept in the runtime directory for "
                            "tscwardend --restore.",
                            n, n == 1 ? "" : "s");
}

void standing_task_done(Standing *s, const TaskEnd *end)
{
        _cleanup_findings_ Findings before = {};
        _cleanup_free_ char *summary = NULL;

        keep_findings(s, end, &before);
        summary = judge(s, end);
        log_findings(s, end->task.origin == ORIGIN_PERSON ? NULL : &before, end->planner->events);
        log_left(end);
        log_done(s, end, summary);
        if (end->task.kind == TASK_APPLY)
                note_late_driver(s, end->planner->in_force);
}
