/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "check/timesync.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "base/macro.h"

/* The rule of clock-bound-d for chronyd: the clock runs free if the last update is older than eight intervals. The
 * floor in seconds is for short intervals. */
#define STALE_INTERVALS 8
#define STALE_FLOOR_SEC 64
/* Default of PollIntervalMaxSec= in timesyncd.conf(5). */
#define KERNEL_INTERVAL_SEC 2048
/* The kernel's maxerror grows by MAXFREQ, 500 µs a second, since a client last set it (kernel/time/ntp.c). */
#define MAX_ERROR_USEC_PER_SEC 500.0
/* chrony's limits for log2 of the poll interval in seconds (chrony.conf(5), maxpoll). */
#define POLL_MIN (-7)
#define POLL_MAX 24

static const char *const client_names[CLIENT_MAX_] = {
        [CLIENT_CHRONYD] = "chronyd",       [CLIENT_NTPD] = "ntpd",       [CLIENT_TIMESYNCD] = "systemd-timesyncd",
        [CLIENT_TIMEMASTER] = "timemaster", [CLIENT_PHC2SYS] = "phc2sys", [CLIENT_PTP4L] = "ptp4l",
        [CLIENT_OTHER] = "another client",
};
DEFINE_TO_STRING(time_client, TimeClient, client_names);

bool time_client_runs(const TimeInput *input, TimeClient client)
{
        return input->running >> client & 1;
}

int time_phc_is_kept(const TimeInput *input, const char *names)
{
        /* timemaster's ptp4l may set the clock. While no ptp4l was found, that is not known. */
        if (time_client_runs(input, CLIENT_TIMEMASTER) && !phc_kept_any(&input->phcs))
                return -1;
        return phc_kept_judge(&input->phcs, names);
}

int time_phc2sys_is_kept(const TimeInput *input)
{
        if (input->phc2sys_from_host)
                return 1;
        if (input->phc2sys_source[0])
                return time_phc_is_kept(input, input->phc2sys_source);
        return time_client_runs(input, CLIENT_TIMEMASTER) || phc_kept_any(&input->phcs);
}

static TimeVerdict verdict_unless_kept(int kept)
{
        return kept < 0 ? TIME_UNTRACED : TIME_UNKEPT;
}

unsigned time_count_disciplines(const TimeInput *input)
{
        return time_client_runs(input, CLIENT_TIMEMASTER) ? 1 :
                                                            __builtin_popcount(input->steering & ~(1U << CLIENT_OTHER));
}

/* Seconds since `then`. Not negative, even if a client has just set the clock back. */
static double age(const TimeInput *input, double then)
{
        return input->now_sec > then ? input->now_sec - then : 0;
}

static bool is_stale(double age_sec, double interval_sec)
{
        return age_sec > STALE_FLOOR_SEC && age_sec > STALE_INTERVALS * interval_sec;
}

static bool kernel_gave_up(const TimeInput *input)
{
        return input->kernel_known && input->kernel_max_error_usec >= TIME_MAX_ERROR_USEC;
}

/* chronyd follows no source: judges by the sources that it has. */
static TimeVerdict judge_unselected(const ChronyReport *report)
{
        unsigned reached = 0;

        for (unsigned i = 0; i < report->n_sources; i++) {
                if (report->sources[i].reach && report->sources[i].state == 'x')
                        return TIME_DISAGREEING;
                reached += report->sources[i].reach != 0;
        }
        /* chronyd has just started or is between two polls, and keeps the rate it had. */
        return reached ? TIME_SYNCHRONIZED : TIME_STALE;
}

/* The time between two updates: the last one, or the poll interval of the followed source if that is longer. */
static double chrony_interval(const ChronyReport *report, const ChronySource *source)
{
        double interval = report->interval_sec;

        if (source && source->poll >= POLL_MIN && source->poll <= POLL_MAX && ldexp(1, source->poll) > interval)
                interval = ldexp(1, source->poll);
        return interval;
}

static TimeVerdict judge_chrony(const TimeInput *input, TimeView *view)
{
        const ChronyReport *report = &input->chrony;
        const ChronySource *source = chrony_selected(report);
        TimeVerdict verdict = source && source->reach ? TIME_SYNCHRONIZED : judge_unselected(report);

        view->client = CLIENT_CHRONYD;
        if (input->chrony_error < 0 || !report->tracked)
                return TIME_UNKNOWN;
        if (!report->normal)
                return verdict == TIME_DISAGREEING ? verdict : TIME_UNSYNCHRONIZED;
        if (strcmp(report->refid, CHRONY_REFID_LOCAL) == 0)
                return TIME_LOCAL;
        view->age_sec = age(input, report->reference_sec);
        view->correction_sec = report->correction_sec;
        if (verdict == TIME_SYNCHRONIZED && is_stale(view->age_sec, chrony_interval(report, source)))
                verdict = TIME_STALE;
        if (verdict == TIME_SYNCHRONIZED)
                view->bound_sec =
                        fabs(report->correction_sec) + report->root_dispersion_sec + report->root_delay_sec / 2;
        return verdict;
}

static TimeVerdict judge_ntp(const TimeInput *input, TimeView *view)
{
        const NtpReport *report = &input->ntp;

        view->client = CLIENT_NTPD;
        /* ntpq is not installed: it may be the ntpd of OpenNTPD or busybox, which no program can query. */
        if (input->ntp_error == -ENOENT && input->kernel_known && !kernel_gave_up(input))
                return TIME_UNASKED;
        if (input->ntp_error < 0 || !report->answered)
                return TIME_UNKNOWN;
        if (report->leap == 3 || report->stratum >= 16 || report->stratum == 0)
                return TIME_UNSYNCHRONIZED;
        if (ntp_is_local(report))
                return TIME_LOCAL;
        view->age_sec = age(input, report->reference_sec);
        view->correction_sec = report->offset_sec;
        if (is_stale(view->age_sec, report->interval_sec))
                return TIME_STALE;
        view->bound_sec = fabs(report->offset_sec) + report->root_dispersion_sec + report->root_delay_sec / 2;
        return TIME_SYNCHRONIZED;
}

/* systemd-timesyncd, phc2sys and ptp4l report nothing else, but they keep the kernel's maxerror small only while they
 * are synchronised. */
static TimeVerdict judge_kernel(const TimeInput *input, TimeView *view)
{
        for (TimeClient client = 0; client < CLIENT_MAX_; client++)
                if (input->steering >> client & 1 && (client != CLIENT_OTHER || view->client == CLIENT_NONE))
                        view->client = client;
        if (!input->kernel_known)
                return TIME_UNKNOWN;
        if (view->client == CLIENT_NONE && !kernel_gave_up(input))
                return TIME_UNSEEN;
        if (view->client == CLIENT_NONE)
                return input->clients_known ? TIME_NOBODY : TIME_UNSYNCHRONIZED;
        if (kernel_gave_up(input) || (view->client == CLIENT_TIMESYNCD && !input->timesyncd_synchronized))
                return TIME_UNSYNCHRONIZED;
        if (view->client == CLIENT_OTHER)
                return TIME_UNASKED;
        if (view->client == CLIENT_PHC2SYS && time_phc2sys_is_kept(input) != 1)
                return verdict_unless_kept(time_phc2sys_is_kept(input));
        view->age_sec = (double)input->kernel_max_error_usec / MAX_ERROR_USEC_PER_SEC;
        return is_stale(view->age_sec, KERNEL_INTERVAL_SEC) ? TIME_STALE : TIME_SYNCHRONIZED;
}

void time_judge(const TimeInput *input, TimeView *ret)
{
        TimeView view = { .client = CLIENT_NONE, .age_sec = -1, .bound_sec = -1 };

        if (time_client_runs(input, CLIENT_CHRONYD))
                view.verdict = judge_chrony(input, &view);
        else if (time_client_runs(input, CLIENT_NTPD))
                view.verdict = judge_ntp(input, &view);
        else
                view.verdict = judge_kernel(input, &view);

        if (view.client != CLIENT_NONE && (view.verdict == TIME_SYNCHRONIZED || view.verdict == TIME_UNKNOWN) &&
            kernel_gave_up(input)) {
                bool idle = view.verdict == TIME_SYNCHRONIZED && !(input->steering >> view.client & 1);

                view.verdict = idle ? TIME_NOT_STEERING : TIME_UNSYNCHRONIZED;
        }
        if (view.verdict == TIME_SYNCHRONIZED && fabs(view.correction_sec) > TIME_CORRECTION_MAX_SEC)
                view.verdict = TIME_OFF;
        if (view.verdict != TIME_SYNCHRONIZED)
                view.bound_sec = -1;
        *ret = view;
}

/* If chronyd follows a network interface's clock as a refclock: that clock's name, or "" if its line was not found but
 * this machine has no other kind of PHC. Otherwise NULL. */
static const char *followed_network_clock(const TimeInput *input, const MachineSetup *setup)
{
        const ChronySource *source = chrony_selected(&input->chrony);

        if (!source || source->mode != '#')
                return NULL;
        for (unsigned i = 0; i < setup->n_refclocks; i++)
                if (strcmp(setup->refclocks[i].name, source->name) == 0)
                        return setup->refclocks[i].kind == PHC_NETWORK ? setup->refclocks[i].ptp : NULL;
        return strncmp(source->name, "PHC", 3) == 0 && setup->ptp_interface[0] && !setup->host_phc[0] ? "" : NULL;
}

void time_judge_here(const TimeInput *input, const MachineSetup *setup, TimeView *ret)
{
        const char *phc;

        time_judge(input, ret);
        if (ret->client != CLIENT_CHRONYD || (ret->verdict != TIME_SYNCHRONIZED && ret->verdict != TIME_OFF))
                return;
        phc = followed_network_clock(input, setup);
        if (phc && time_phc_is_kept(input, phc) != 1)
                ret->verdict = verdict_unless_kept(time_phc_is_kept(input, phc));
}

HostClock time_to_host_clock(const TimeInput *input, const TimeView *view)
{
        HostClock clock = { .bound_sec = view->bound_sec };

        switch (view->verdict) {
        case TIME_SYNCHRONIZED:
        case TIME_UNSEEN:
        case TIME_UNASKED:
                clock.right = 1;
                break;
        case TIME_UNKNOWN:
        case TIME_UNTRACED:
                clock.right = -1;
                break;
        default:
                clock.right = 0;
        }
        if (clock.right == 1 && clock.bound_sec < 0 && input->kernel_known)
                clock.bound_sec = (double)input->kernel_max_error_usec / 1e6;
        return clock;
}
