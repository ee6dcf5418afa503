/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/probe-show.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "base/log.h"
#include "ctl/json.h"
#include "probe/result.h"
#include "probe/track.h"
#include "show/print.h"

#define INDENT 11
#define ROWS_UNFOLDED 64
#define HALF_BAR 15 /* columns on either side of zero */
#define NSEC_SIZE 32

static const char *format_nsec(int64_t nsec, bool utf8, char buffer[static NSEC_SIZE])
{
        int64_t size = nsec < 0 ? -nsec : nsec;

        if (size < 10000)
                snprintf(buffer, NSEC_SIZE, "%" PRId64 " ns", nsec);
        else if (size < 10000000)
                snprintf(buffer, NSEC_SIZE, "%.2f %s", (double)nsec / 1e3, utf8 ? "µs" : "us");
        else
                snprintf(buffer, NSEC_SIZE, "%.3f ms", (double)nsec / 1e6);
        return buffer;
}

static const char *counter_name(const Facts *facts)
{
        return facts->hypervisor ? "virtual TSC" : "TSC";
}

char *probe_conviction_text(const ProbeView *view)
{
        _cleanup_free_ char *list = cpuset_format(view->convicted);

        if (!list)
                return NULL;
        return text_format(
                "The %s of CPU%s %s is not that of CPU %u: proved in two rounds, a second or more of idleness apart",
                counter_name(view->facts), cpuset_count(view->convicted) == 1 ? "" : "s", list,
                view->result->cpus[view->result->reference].id);
}

/* Prints what makes the result less meaningful. */
static void show_doubts(FILE *out, const ProbeView *view)
{
        const Facts *facts = view->facts;

        if (!facts->constant_tsc)
                print_wrapped(
                        out, "Beware", INDENT,
                        "This CPU lacks constant_tsc: its TSC follows the frequency, and CPUs at different frequencies drift apart by design. The result means something only if the frequency does not change.");
        else if (!facts->nonstop_tsc)
                print_wrapped(out, "Beware", INDENT,
                              "This CPU lacks nonstop_tsc: its TSC stops in deep C-states by design.");
        if (facts->hypervisor)
                print_wrapped(
                        out, "Beware", INDENT,
                        "This is a virtual machine: the result is about the virtual TSC that its hypervisor provides.");
}

static void show_result(FILE *out, const ProbeView *view)
{
        size_t n = probe_count(view->result, PROBE_MEASURED);
        _cleanup_free_ char *text = NULL;
        char bound[NSEC_SIZE];

        if (view->result->n_online < 2)
                print_wrapped(out, "Probe", INDENT, "One CPU: there is nothing to compare.");
        else if (n < 2)
                print_wrapped(out, "Probe", INDENT, "No two CPUs could be measured.");
        else if (!cpuset_is_empty(view->convicted)) {
                text = probe_conviction_text(view);
                print_wrapped(out, "Probe", INDENT, text);
        } else
                print_format(out, "Probe", INDENT,
                             "no offset of the %s provable within %s%s between any two of %zu CPUs",
                             counter_name(view->facts), view->utf8 ? "±" : "+-",
                             format_nsec(probe_bound_nsec(view->result), view->utf8, bound), n);
}

static bool is_compared(const ProbeResult *result, size_t i)
{
        return i != result->reference && result->cpus[i].fate == PROBE_MEASURED;
}

/* A row of the strip: one CPU, or several in the same package on large machines. */
typedef struct Row {
        CpuSet ids;
        int64_t low, high; /* ns */
        bool convicted;
        size_t leader;
} Row;

static void show_bar(FILE *out, const Row *row, int64_t scale, bool utf8)
{
        double unit = (double)scale / HALF_BAR;

        for (int column = -HALF_BAR; column <= HALF_BAR; column++) {
                double from = (column - 0.5) * unit, to = (column + 0.5) * unit;
                bool covered = (double)row->low <= to && (double)row->high >= from;

                if (covered)
                        fputs(utf8 ? "█" : "=", out);
                else if (column == 0)
                        fputs(utf8 ? "│" : "|", out);
                else
                        fputs(utf8 ? "·" : ".", out);
        }
}

/* Prints nothing for a row without CPUs. */
static void show_row(FILE *out, const Row *row, int64_t scale, bool utf8)
{
        _cleanup_free_ char *list = cpuset_format(&row->ids);
        char low[NSEC_SIZE], high[NSEC_SIZE], range[2 * NSEC_SIZE + 4];
        /* printf counts bytes; the micro sign takes two bytes but one column. */
        int pad = 25;

        if (cpuset_is_empty(&row->ids))
                return;
        snprintf(range, sizeof(range), "%s .. %s", format_nsec(row->low, utf8, low),
                 format_nsec(row->high, utf8, high));
        for (const char *c = range; *c; c++)
                pad += ((unsigned char)*c & 0xc0) == 0x80;
        fprintf(out, "  CPU %-6s %*s ", list ? list : PRINT_NO_MEMORY, pad, range);
        show_bar(out, row, scale, utf8);
        fputs(row->convicted ? " differs\n" : "\n", out);
}

static bool fits(const Row *row, const ProbeCpu *cpu, bool fold)
{
        return fold && !cpuset_is_empty(&row->ids) && row->leader == cpu->leader &&
               row->convicted == track_is_convicted(&cpu->track);
}

static void widen(Row *row, int64_t low, int64_t high)
{
        bool first = cpuset_is_empty(&row->ids);

        row->low = first || low < row->low ? low : row->low;
        row->high = first || high > row->high ? high : row->high;
}

static int show_strip(FILE *out, const ProbeView *view)
{
        const ProbeResult *result = view->result;
        bool fold = probe_count(result, PROBE_MEASURED) > ROWS_UNFOLDED;
        int64_t scale = 1;
        Row row = {};

        for (size_t i = 0; i < result->n; i++)
                if (is_compared(result, i)) {
                        int64_t low = llabs(probe_nsec(result, result->cpus[i].track.last.low));
                        int64_t high = llabs(probe_nsec(result, result->cpus[i].track.last.high));

                        scale = low > scale ? low : scale;
                        scale = high > scale ? high : scale;
                }
        for (size_t i = 0; i < result->n; i++) {
                const ProbeCpu *cpu = &result->cpus[i];

                if (!is_compared(result, i))
                        continue;
                if (!fits(&row, cpu, fold)) {
                        show_row(out, &row, scale, view->utf8);
                        cpuset_done(&row.ids);
                        row = (Row) { .leader = cpu->leader, .convicted = track_is_convicted(&cpu->track) };
                }
                widen(&row, probe_nsec(result, cpu->track.last.low), probe_nsec(result, cpu->track.last.high));
                if (cpuset_add(&row.ids, cpu->id) < 0) {
                        cpuset_done(&row.ids);
                        return -ENOMEM;
                }
        }
        show_row(out, &row, scale, view->utf8);
        cpuset_done(&row.ids);
        return 0;
}

static void show_motion(FILE *out, const ProbeView *view)
{
        unsigned shown = 0;

        for (size_t i = 0; i < view->result->n; i++) {
                const ProbeCpu *cpu = &view->result->cpus[i];
                double low, high;

                if (cpu->fate != PROBE_MEASURED || !track_is_suspect(&cpu->track) || shown++ >= 8)
                        continue;
                if (track_get_rate(&cpu->track, &low, &high))
                        print_format(out, "", INDENT, "CPU %u runs %.2f to %.2f ppm %s", cpu->id, low > 0 ? low : -high,
                                     low > 0 ? high : -low, low > 0 ? "fast" : "slow");
                else if (cpu->track.jumped || cpu->track.moved)
                        print_format(
                                out, "", INDENT,
                                "CPU %u's offset changed, and no steady rate explains it: its TSC, or the reference's, stood still or was written",
                                cpu->id);
                else if (track_is_convicted(&cpu->track))
                        print_format(out, "", INDENT, "No change of CPU %u's offset can be proved", cpu->id);
                else
                        print_format(out, "", INDENT,
                                     "CPU %u's offset excluded 0 in one round only: --seconds 30 says more", cpu->id);
        }
}

/* Why a CPU was not measured, in JSON and for people. */
static const struct {
        const char *word, *text;
} fates[PROBE_FATE_MAX_] = {
        [PROBE_OFFLINE] = { "offline", "offline" },
        [PROBE_ISOLATED] = { "isolated", "isolated (isolcpus= or nohz_full=): --all measures them too" },
        [PROBE_FORBIDDEN] = { "cpuset", "not for this process (cpuset or taskset)" },
        [PROBE_NO_ANSWER] = { "busy", "too busy to answer, or gone offline meanwhile" },
};

static int show_unmeasured(FILE *out, const ProbeView *view)
{
        const char *head = "Not tried";

        for (ProbeFate fate = PROBE_OFFLINE; fate < PROBE_FATE_MAX_; fate++) {
                _cleanup_cpuset_ CpuSet ids = {};
                _cleanup_free_ char *list = NULL;

                for (size_t i = 0; i < view->result->n; i++)
                        if (view->result->cpus[i].fate == fate && cpuset_add(&ids, view->result->cpus[i].id) < 0)
                                return -ENOMEM;
                if (cpuset_is_empty(&ids))
                        continue;
                list = cpuset_format(&ids);
                if (!list)
                        return -ENOMEM;
                print_format(out, head, INDENT, "CPU%s %s: %s", cpuset_count(&ids) == 1 ? "" : "s", list,
                             fates[fate].text);
                head = "";
        }
        return 0;
}

int probe_show(FILE *out, const ProbeView *view)
{
        _cleanup_free_ char *rate = rate_here_text(view->rate);
        int r;

        show_doubts(out, view);
        show_result(out, view);
        r = show_strip(out, view);
        if (r < 0)
                return r;
        show_motion(out, view);
        r = show_unmeasured(out, view);
        if (r < 0)
                return r;
        print_wrapped(out, "Rate", INDENT, rate);
        if (probe_count(view->result, PROBE_MEASURED) > 1)
                print_wrapped(
                        out, "Unproved", INDENT,
                        "The true offset lies anywhere within the bound. So this does not prove that the CPUs agree, nor that they agree after a deeper C-state.");
        return 0;
}

static void cpu_to_json(const ProbeResult *result, const ProbeCpu *cpu, struct json_object *entry)
{
        const Track *track = &cpu->track;
        double low = 0, high = 0;
        bool rate = track_get_rate(track, &low, &high);

        json_add(entry, "Id", json_object_new_int64(cpu->id));
        json_add(entry, "LowNSec", json_object_new_int64(probe_nsec(result, track->last.low)));
        json_add(entry, "HighNSec", json_object_new_int64(probe_nsec(result, track->last.high)));
        json_add(entry, "RatePpm", json_number(rate, (low + high) / 2));
        json_add(entry, "RateLowPpm", json_number(rate, low));
        json_add(entry, "RateHighPpm", json_number(rate, high));
        json_add(entry, "Moved", json_object_new_boolean(track->moved || track->jumped));
        json_add(entry, "Rounds", json_object_new_int64(track->n_rounds));
        json_add(entry, "RoundsWithoutZero", json_object_new_int64(track->n_excluded));
        json_add(entry, "Convicted", json_object_new_boolean(track_is_convicted(track)));
}

static void unmeasured_to_json(const ProbeResult *result, struct json_object *list)
{
        for (size_t i = 0; i < result->n; i++) {
                struct json_object *entry;

                if (result->cpus[i].fate == PROBE_MEASURED)
                        continue;
                entry = json_append_object(list);
                json_add(entry, "Id", json_object_new_int64(result->cpus[i].id));
                json_add(entry, "Reason", json_string(fates[result->cpus[i].fate].word));
        }
}

struct json_object *probe_to_json(const ProbeView *view)
{
        const ProbeResult *result = view->result;
        struct json_object *json = json_object_new_object(), *probe = json_object_new_object(), *cpus;
        _cleanup_free_ char *convicted = cpuset_format(view->convicted);
        size_t n = probe_count(result, PROBE_MEASURED);

        json_add(json, "Probe", probe);
        json_add(probe, "TimestampUSec", json_object_new_int64((int64_t)view->now_usec));
        json_add(probe, "Guest", json_object_new_boolean(view->facts->hypervisor));
        json_add(probe, "TscKHz", json_object_new_int64((int64_t)result->tsc_khz));
        json_add(probe, "Rounds", json_object_new_int64(result->n_rounds));
        json_add(probe, "Reference", json_object_new_int64(result->cpus[result->reference].id));
        json_add(probe, "Measured", json_object_new_int64((int64_t)n));
        json_add(probe, "BoundNSec", json_integer(n > 1, n > 1 ? probe_bound_nsec(result) : 0));
        json_add(probe, "Convicted", json_string(convicted));
        cpus = json_add_list(probe, "Cpus");
        for (size_t i = 0; i < result->n; i++)
                if (is_compared(result, i))
                        cpu_to_json(result, &result->cpus[i], json_append_object(cpus));
        unmeasured_to_json(result, json_add_list(probe, "Unmeasured"));
        json_add(probe, "RateUtcPpm", json_number(view->rate->utc.known, view->rate->utc.ppm));
        json_add(probe, "RateBootsPpm", json_number(view->rate->boots.known, view->rate->boots.ppm));
        if (convicted)
                return json;
        json_object_put(json);
        return NULL;
}
