/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "manager/run.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/append.h"
#include "base/time.h"
#include "model/finding.h"
#include "model/frequency.h"
#include "model/knob.h"
#include "model/plan-types.h"
#include "model/snapshot.h"

void run_init(Run *run, const CpuOps *ops, void *userdata, const Plan *plan, Snapshot *live, bool fragile_tsc)
{
        *run = (Run) {
                .ops = ops,
                .userdata = userdata,
                .plan = plan,
                .live = live,
                .fragile_tsc = fragile_tsc,
                .wait_usec = RUN_WAIT_USEC,
        };
        if (plan->n_steps > 0)
                run->choice = plan->steps[0].choice;
}

void run_done(Run *run)
{
        findings_done(&run->findings);
        *run = (Run) {};
}

static const char *run_value(const Run *run, const Step *step)
{
        bool listed = step->id.knob == KNOB_SCALING_GOVERNOR && step->rule;

        return listed ? step->rule->governors[run->choice] : step->to;
}

static int run_add_finding(Run *run, FindingKind kind, const Step *step, const char *actual, int error)
{
        const char *wanted = kind == FINDING_REFUSED ? step->to : run_value(run, step);
        Finding finding = finding_make(kind, step->id.knob, wanted, actual, NULL);
        char object[KNOB_NAME_SIZE];
        _cleanup_cpuset_ CpuSet cpus = {};
        const FreqDomain *domain = NULL;
        int r;

        if (knob_is_of_domain(step->id.knob))
                domain = snapshot_find_domain(run->live, step->id.id);
        r = domain ? cpuset_copy(&cpus, &domain->cpus) : cpuset_add(&cpus, step->id.id);
        if (r < 0)
                return r;
        if (kind == FINDING_REFUSED && domain) {
                copy_text(finding.driver, sizeof(finding.driver), domain->driver);
                finding.offers = (char *)domain->governors;
        }
        finding.error = error;
        knob_object_format(&step->id, object);
        finding.object = object;
        run->n_failed++;
        return findings_add(&run->findings, &finding, &cpus);
}

static void run_next(Run *run)
{
        run->waiting = false;
        run->next++;
        if (run->next < run->plan->n_steps)
                run->choice = run->plan->steps[run->next].choice;
}

/* Each write may change the speed that governor userspace shows. Other governors show none ("<unsupported>"). */
static void run_follow_setspeed(Run *run, const Step *step)
{
        KnobId id = { .knob = KNOB_SCALING_SETSPEED, .id = step->id.id };
        FreqDomain *domain = snapshot_find_domain(run->live, step->id.id);
        char speed[KNOB_VALUE_SIZE];

        if (!domain)
                return;
        if (strcasecmp(domain->governor, "userspace") != 0 || run->ops->read(run->userdata, &id, speed) < 0 ||
            snapshot_set(run->live, &id, speed) < 0)
                domain->setspeed_khz = 0;
        if (step->id.knob == KNOB_SCALING_GOVERNOR || step->id.knob == KNOB_SCALING_SETSPEED)
                domain->setspeed_is_sure = domain->setspeed_khz > 0;
}

/* Reads the knob back, unless `actual` has what was read. 1: it has the value; 0: not yet; negative: the errno for a
 * finding. */
static int run_check(Run *run, const Step *step, char actual[static KNOB_VALUE_SIZE])
{
        int r = *actual ? 0 : run->ops->read(run->userdata, &step->id, actual);

        if (r < 0)
                return r;
        (void)snapshot_set(run->live, &step->id, actual);
        if (knob_is_frequency(step->id.knob))
                run_follow_setspeed(run, step);
        return strcasecmp(actual, run_value(run, step)) == 0;
}

/* The kernel applies limits in a work item (drivers/cpufreq/cpufreq.c handle_update), so a reading may come too
 * early. */
static bool knob_takes_effect_late(Knob knob)
{
        return knob == KNOB_SCALING_MIN_FREQ || knob == KNOB_SCALING_MAX_FREQ || knob == KNOB_SCALING_SETSPEED;
}

static bool step_was_limited(const Run *run, const Step *step)
{
        const FreqDomain *domain = snapshot_find_domain(run->live, step->id.id);

        return step->id.knob == KNOB_SCALING_MAX_FREQ && domain && frequency_maximum_is_lowered(domain, step->to);
}

/* To be called after a write: the step is done, or has to wait. `actual` is what the write has read back, or "". */
static int run_read_back(Run *run, const Step *step, char actual[static KNOB_VALUE_SIZE], uint64_t now_usec,
                         RunState *ret_state)
{
        int r = run_check(run, step, actual);

        if (r == 0 && knob_takes_effect_late(step->id.knob) && now_usec < run->deadline_usec) {
                run->waiting = true;
                *ret_state = RUN_WAIT;
                return 0;
        }
        if (r > 0) {
                run->n_done++;
                r = 0;
        } else if (r == 0) {
                if (run->waiting)
                        run->wait_usec = RUN_WAIT_AGAIN_USEC;
                r = run_add_finding(run, step_was_limited(run, step) ? FINDING_LIMITED : FINDING_IGNORED, step, actual,
                                    0);
        } else
                r = run_add_finding(run, FINDING_FAILED, step, NULL, r);
        run_next(run);
        return r;
}

/* libcpupower accesses a cpufreq policy through one of its online CPUs. */
static unsigned run_cpu(const FreqDomain *domain)
{
        int cpu = domain ? cpuset_next(&domain->cpus, 0) : -1;

        return cpu >= 0 ? (unsigned)cpu : 0;
}

static int run_write(Run *run, const Step *step, uint64_t now_usec, RunState *ret_state)
{
        const FreqDomain *domain =
                knob_is_of_domain(step->id.knob) ? snapshot_find_domain(run->live, step->id.id) : NULL;
        const char *value = run_value(run, step);
        char actual[KNOB_VALUE_SIZE];
        int r;

        if (domain && knob_is_frequency(step->id.knob) &&
            frequency_effect(domain, run->fragile_tsc, step->id.knob, value) == EFFECT_MARKS_TSC_UNSTABLE) {
                (void)snapshot_get(run->live, &step->id, actual);
                r = run_add_finding(run, FINDING_WITHHELD, step, actual, 0);
                run_next(run);
                return r;
        }

        r = run->ops->write(run->userdata, &step->id, run_cpu(domain), value, actual);
        if (r == -EINVAL && step->id.knob == KNOB_SCALING_GOVERNOR && step->rule &&
            step->rule->governors[run->choice + 1]) {
                run->choice++;
                return 0;
        }
        if (r < 0) {
                /* An original value comes from the kernel, not from the configuration. */
                bool refused = r == -EINVAL && step->id.knob == KNOB_SCALING_GOVERNOR && step->rule;

                r = run_add_finding(run, refused ? FINDING_REFUSED : FINDING_FAILED, step, NULL, r);
                run_next(run);
                return r;
        }
        run->deadline_usec = now_usec + run->wait_usec;
        return run_read_back(run, step, actual, now_usec, ret_state);
}

int run_advance(Run *run, uint64_t now_usec, unsigned max_steps, RunState *ret_state)
{
        RunState state = RUN_DONE;
        int r = 0;

        for (unsigned n = 0; r == 0 && state == RUN_DONE && run->next < run->plan->n_steps; n++) {
                const Step *step = &run->plan->steps[run->next];

                if (n == max_steps)
                        state = RUN_MORE;
                else if (step->withheld) {
                        run->n_failed++;
                        run_next(run);
                } else if (run->waiting)
                        r = run_read_back(run, step, (char[KNOB_VALUE_SIZE]) {}, now_usec, &state);
                else
                        r = run_write(run, step, now_usec, &state);
        }
        if (r == 0)
                *ret_state = state;
        return r;
}

int run_to_end(Run *run)
{
        RunState state;
        int r;

        do {
                r = run_advance(run, time_usec(CLOCK_MONOTONIC), 64, &state);
                if (r == 0 && state == RUN_WAIT)
                        usleep(RUN_RECHECK_USEC);
        } while (r == 0 && state != RUN_DONE);
        return r;
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

bool run_lost_object(const Run *run)
{
        return findings_have_gone(&run->plan->findings) || findings_have_gone(&run->findings);
}
