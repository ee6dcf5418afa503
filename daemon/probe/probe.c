/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "probe/probe.h"

#include <errno.h>
#include <sys/resource.h>
#include <time.h>

#include "base/time.h"
#include "probe/cpus.h"
#include "probe/exchange.h"

#define ENOUGH_NSEC 100
#define IDLE_NSEC 100000000 /* in addition to one second */
#define ROUNDS_MIN 2
#define ROUNDS_MORE 2 /* rounds that are added if a CPU is suspect but not convicted */
#define NICE_LEAST 19

/* The TSC and CLOCK_MONOTONIC_RAW, read as close together as possible. That clock is computed from the TSC, so it can
 * only say how long a tick is, not whether the rate is right. */
typedef struct Moment {
        uint64_t tsc, nsec;
} Moment;

static Moment moment_read(void)
{
        Moment best = {};
        uint64_t least = UINT64_MAX;

        for (unsigned i = 0; i < 64; i++) {
                uint64_t before = tsc_read(), after;
                struct timespec now;

                (void)clock_gettime(CLOCK_MONOTONIC_RAW, &now);
                after = tsc_read();
                if (after - before >= least)
                        continue;
                least = after - before;
                best = (Moment) { before + least / 2, (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec };
        }
        return best;
}

static uint64_t khz_between(const Moment *from, const Moment *to)
{
        long double khz = (long double)(int64_t)(to->tsc - from->tsc) * 1e6L / (long double)(to->nsec - from->nsec);

        return khz >= 1 ? (uint64_t)(khz + 0.5L) : 1;
}

static void sleep_nsec(time_t seconds, long nsec)
{
        struct timespec span = { seconds, nsec };

        while (nanosleep(&span, &span) < 0 && errno == EINTR)
                ;
}

/* A CPU's bound against the reference is the sum of its leader's bound and its own against the leader. So the leaders
 * are measured first. */
static void measure(ProbeResult *result, size_t i, uint64_t enough)
{
        ProbeCpu *cpu = &result->cpus[i];
        const ProbeCpu *leader = &result->cpus[cpu->leader];
        Round round;

        if (!leader->has_round || exchange_pin(leader->id) < 0 || exchange_run(leader->id, cpu->id, enough, &round) < 0)
                return;
        cpu->round = round_interval(&round);
        if (cpu->leader != result->reference)
                cpu->round = interval_sum(&leader->round, &cpu->round);
        cpu->has_round = true;
        track_add(&cpu->track, &cpu->round, round.moved);
}

static bool is_leader(const ProbeResult *result, size_t i)
{
        for (size_t j = i + 1; j < result->n; j++)
                if (result->cpus[j].leader == i)
                        return true;
        return false;
}

static void run_round(const ProbeOptions *options, ProbeResult *result, uint64_t enough)
{
        size_t done = 0, total = probe_count(result, PROBE_MEASURED) - 1;

        for (size_t i = 0; i < result->n; i++)
                result->cpus[i].has_round = i == result->reference;
        for (unsigned pass = 0; pass < 2; pass++)
                for (size_t i = 0; i < result->n; i++) {
                        if (i == result->reference || result->cpus[i].fate != PROBE_MEASURED ||
                            is_leader(result, i) != (pass == 0))
                                continue;
                        measure(result, i, enough);
                        done++;
                        if (options->on_progress)
                                options->on_progress(result->n_rounds, done, total, options->userdata);
                }
        result->n_rounds++;
}

static bool wants_more(const ProbeResult *result)
{
        for (size_t i = 0; i < result->n; i++)
                if (track_is_suspect(&result->cpus[i].track) && !track_is_convicted(&result->cpus[i].track))
                        return true;
        return false;
}

static void run_rounds(const ProbeOptions *options, ProbeResult *result, uint64_t enough)
{
        uint64_t end = time_usec(CLOCK_MONOTONIC) + (uint64_t)options->seconds * 1000000;
        unsigned extra = 0;

        for (;;) {
                run_round(options, result, enough);
                if (result->n_rounds >= ROUNDS_MIN && time_usec(CLOCK_MONOTONIC) >= end &&
                    (!wants_more(result) || extra++ == ROUNDS_MORE))
                        return;
                sleep_nsec(1, IDLE_NSEC);
        }
}

static void mark_unmeasured(ProbeResult *result)
{
        for (size_t i = 0; i < result->n; i++) {
                ProbeCpu *cpu = &result->cpus[i];

                if (cpu->fate == PROBE_MEASURED && i != result->reference && cpu->track.n_rounds < ROUNDS_MIN)
                        cpu->fate = PROBE_NO_ANSWER;
        }
}

static void probe(const ProbeOptions *options, ProbeResult *result)
{
        Moment from, to;

        (void)setpriority(PRIO_PROCESS, 0, NICE_LEAST);
        (void)exchange_pin(result->cpus[result->reference].id);
        from = moment_read();
        sleep_nsec(0, IDLE_NSEC / 10);
        to = moment_read();
        if (probe_count(result, PROBE_MEASURED) > 1)
                run_rounds(options, result, khz_between(&from, &to) * ENOUGH_NSEC / 1000000);
        (void)exchange_pin(result->cpus[result->reference].id);
        to = moment_read();
        result->tsc_khz = khz_between(&from, &to);
        mark_unmeasured(result);
}

int probe_run(const ProbeOptions *options, ProbeResult *ret)
{
        CpuMask before = {};
        ProbeResult result;
        int r = probe_list_cpus(options, &result);

        if (r < 0)
                return r;
        (void)sched_getaffinity(0, sizeof(before), before);
        probe(options, &result);
        (void)sched_setaffinity(0, sizeof(before), before);
        *ret = result;
        return 0;
}
