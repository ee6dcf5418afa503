/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Measures whether the CPUs' counters differ. The result of a run as root is kept for `status`, and a conviction is
 * logged in the journal.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SD_JOURNAL_SUPPRESS_LOCATION
#include <systemd/sd-journal.h>

#include "base/parse.h"
#include "base/time.h"
#include "ctl/json.h"
#include "ctl/probe-record.h"
#include "ctl/probe-show.h"
#include "ctl/verbs.h"
#include "host/facts.h"
#include "probe/probe.h"
#include "probe/result.h"

#define MESSAGE_TSC_DIFFERS "8e6e95e3af1441808e5e96e6a8865329"
#define SECONDS_MAX 86400
#define PROGRESS_AFTER_USEC 1000000

typedef struct Progress {
        uint64_t start_usec, shown_usec;
        bool shown;
} Progress;

/* Shows the progress of a long probe in one line of the terminal, at most ten times a second. */
static void on_progress(unsigned round, size_t done, size_t total, void *userdata)
{
        Progress *progress = userdata;
        uint64_t now = time_usec(CLOCK_MONOTONIC);

        if (now - progress->start_usec < PROGRESS_AFTER_USEC || now - progress->shown_usec < 100000)
                return;
        progress->shown_usec = now;
        progress->shown = true;
        fprintf(stderr, "\rRound %u: %zu of %zu pairs of CPUs ", round + 1, done, total);
}

static void end_progress(const Progress *progress)
{
        if (progress->shown)
                fprintf(stderr, "\r%50s\r", "");
}

static void log_conviction(const ProbeView *view)
{
        _cleanup_free_ char *text = probe_conviction_text(view), *list = cpuset_format(view->convicted);

        if (text && list)
                (void)sd_journal_send("MESSAGE_ID=" MESSAGE_TSC_DIFFERS, "PRIORITY=%d", 4, "MESSAGE=%s", text,
                                      "TSCWARDEN_CPUS=%s", list, "TSCWARDEN_REFERENCE_CPU=%u",
                                      view->result->cpus[view->result->reference].id, "TSCWARDEN_URGENCY=ticket", NULL);
}

/* Keeps only results of root: other users could run tscwarden so that it measures wrong values. */
static void keep(const ProbeView *view, struct json_object *json)
{
        _cleanup_free_ char *convicted = cpuset_format(view->convicted);
        const char *text =
                json_object_to_json_string_ext(json, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE);
        int r;

        if (geteuid() != 0)
                return;
        r = convicted && text ? probe_record_write(text, convicted) : -ENOMEM;
        if (r < 0)
                (void)ctl_complain("Cannot write /run/tscwarden/" PROBE_RECORD ": %s; status will not show this result",
                                   strerror(-r));
        if (!cpuset_is_empty(view->convicted))
                log_conviction(view);
}

static int exit_status(const ProbeView *view)
{
        const ProbeResult *result = view->result;

        if (!cpuset_is_empty(view->convicted))
                return CTL_WRONG;
        if (result->n_online > 1 && 2 * probe_count(result, PROBE_MEASURED) < result->n_online)
                return CTL_NO_ANSWER;
        return CTL_FINE;
}

static int report(const CtlOptions *options, const ProbeView *view)
{
        struct json_object *json = probe_to_json(view);
        int r;

        if (!json)
                return ctl_finish(-ENOMEM, CTL_NO_ANSWER);
        keep(view, json);
        if (options->json)
                r = json_print(stdout, json);
        else {
                json_object_put(json);
                r = probe_show(stdout, view);
        }
        return ctl_finish(r, exit_status(view));
}

/* 0, or -EINVAL after a message on stderr. */
static int parse(const CtlOptions *options, CpuSet *cpus, ProbeOptions *ret)
{
        if (options->cpus && (cpuset_parse(options->cpus, cpus) < 0 || cpuset_is_empty(cpus))) {
                (void)ctl_complain("--cpus takes a list of CPUs, as in 0-3,8");
                return -EINVAL;
        }
        if (options->seconds && parse_unsigned(options->seconds, 1, SECONDS_MAX, &ret->seconds) < 0) {
                (void)ctl_complain("--seconds takes a number from 1 to %u", SECONDS_MAX);
                return -EINVAL;
        }
        ret->cpus = options->cpus ? cpus : NULL;
        ret->all = options->all;
        return 0;
}

int verb_probe(const CtlOptions *options)
{
        Progress progress = { .start_usec = time_usec(CLOCK_MONOTONIC) };
        ProbeOptions wanted = { .on_progress = isatty(STDERR_FILENO) ? on_progress : NULL, .userdata = &progress };
        _cleanup_cpuset_ CpuSet cpus = {}, convicted = {};
        _cleanup_probe_result_ ProbeResult result = {};
        _cleanup_facts_ Facts facts = {};
        RateHere rate = {};
        int r;

        if (parse(options, &cpus, &wanted) < 0)
                return CTL_USAGE;
        r = facts_read(&facts);
        if (r < 0)
                return ctl_finish(r, CTL_NO_ANSWER);
        if (!facts.has_tsc)
                return ctl_complain("This CPU has no TSC");
        r = probe_run(&wanted, &result);
        end_progress(&progress);
        if (r == -ENODEV)
                return ctl_complain("None of these CPUs is online and may be used by this process");
        if (r == 0)
                r = probe_convicted(&result, &convicted);
        if (r == 0)
                r = rate_here_read(&(RateCounter) { facts.clocksource ? facts.clocksource : "", facts.constant_tsc },
                                   &rate);
        if (r < 0)
                return ctl_finish(r, CTL_NO_ANSWER);
        return report(options, &(ProbeView) {
                                       .result = &result,
                                       .facts = &facts,
                                       .convicted = &convicted,
                                       .rate = &rate,
                                       .now_usec = time_usec(CLOCK_REALTIME),
                                       .utf8 = ctl_shows_utf8(),
                               });
}
