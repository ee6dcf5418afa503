/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "check/timesync.h"

#include <math.h>
#include <string.h>

#include "base/macro.h"

/* ClockBound's rule for chronyd, and a floor for short intervals: older than that is free running (clock-bound-d). */
#define STALE_INTERVALS 8
#define STALE_FLOOR_SEC 64

static const struct {
        const char *command, *name;
} clients[CLIENT_MAX_] = {
        [CLIENT_CHRONYD] = { "chronyd", "chronyd" },
        [CLIENT_NTPD] = { "ntpd", "ntpd" },
        [CLIENT_TIMESYNCD] = { "systemd-timesyn", "systemd-timesyncd" },
        [CLIENT_TIMEMASTER] = { "timemaster", "timemaster" },
        [CLIENT_PHC2SYS] = { "phc2sys", "phc2sys" },
        [CLIENT_PTP4L] = { "ptp4l", "ptp4l" },
};

const char *time_client_to_string(TimeClient client)
{
        return clients[client].name;
}

static bool has_argument(const char *arguments, const char *argument)
{
        size_t length = strlen(argument);

        for (const char *at = arguments; (at = strstr(at, argument)); at += length)
                if (at > arguments && at[-1] == ' ' && (at[length] == ' ' || !at[length]))
                        return true;
        return false;
}

TimeClient time_client_of(const char *command, const char *arguments, bool *ret_steers)
{
        for (TimeClient client = 0; client < CLIENT_MAX_; client++) {
                if (strcmp(command, clients[client].command) != 0)
                        continue;
                *ret_steers = true;
                if (client == CLIENT_CHRONYD)
                        *ret_steers = !has_argument(arguments, "-x");
                /* phc2sys(8): the servo that hands its offset to an NTP daemon. */
                else if (client == CLIENT_PHC2SYS)
                        *ret_steers = !strstr(arguments, "ntpshm");
                /* ptp4l(8): with software time stamping it moves the system's clock itself. */
                else if (client == CLIENT_PTP4L)
                        *ret_steers = has_argument(arguments, "-S");
                return client;
        }
        return CLIENT_NONE;
}

static bool runs(const TimeInput *input, TimeClient client)
{
        return input->running >> client & 1;
}

unsigned time_count_disciplines(const TimeInput *input)
{
        return runs(input, CLIENT_TIMEMASTER) ? 1 : __builtin_popcount(input->steering);
}

/* Seconds since `then`; a client that set the clock back a moment ago is not from the future. */
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

static TimeVerdict judge_chrony(const TimeInput *input, TimeView *view)
{
        const ChronyReport *report = &input->chrony;

        view->client = CLIENT_CHRONYD;
        if (input->chrony_error < 0 || !report->tracked)
                return TIME_UNKNOWN;
        if (!report->normal)
                return TIME_UNSYNCHRONIZED;
        if (strcmp(report->refid, CHRONY_REFID_LOCAL) == 0)
                return TIME_LOCAL;
        view->age_sec = age(input, report->reference_sec);
        if (is_stale(view->age_sec, report->interval_sec) || !chrony_selected(report))
                return TIME_STALE;
        view->bound_sec = fabs(report->correction_sec) + report->root_dispersion_sec + report->root_delay_sec / 2;
        return TIME_SYNCHRONIZED;
}

static TimeVerdict judge_ntp(const TimeInput *input, TimeView *view)
{
        const NtpReport *report = &input->ntp;

        view->client = CLIENT_NTPD;
        if (input->ntp_error < 0 || !report->answered)
                return TIME_UNKNOWN;
        if (report->leap == 3 || report->stratum >= 16 || report->stratum == 0)
                return TIME_UNSYNCHRONIZED;
        if (ntp_is_local(report))
                return TIME_LOCAL;
        view->age_sec = age(input, report->reference_sec);
        if (is_stale(view->age_sec, report->interval_sec))
                return TIME_STALE;
        view->bound_sec = fabs(report->offset_sec) + report->root_dispersion_sec + report->root_delay_sec / 2;
        return TIME_SYNCHRONIZED;
}

/* systemd-timesyncd, phc2sys and ptp4l keep the kernel's maxerror small while they are synchronised, and that only. */
static TimeVerdict judge_kernel(const TimeInput *input, TimeView *view)
{
        for (TimeClient client = 0; client < CLIENT_MAX_; client++)
                if (input->steering >> client & 1)
                        view->client = client;
        if (!input->kernel_known)
                return TIME_UNKNOWN;
        if (view->client == CLIENT_NONE)
                return !kernel_gave_up(input) ? TIME_UNSEEN : input->clients_known ? TIME_NOBODY : TIME_UNSYNCHRONIZED;
        if (kernel_gave_up(input) || (view->client == CLIENT_TIMESYNCD && !input->timesyncd_synchronized))
                return TIME_UNSYNCHRONIZED;
        return TIME_SYNCHRONIZED;
}

void time_judge(const TimeInput *input, TimeView *ret)
{
        TimeView view = { .client = CLIENT_NONE, .age_sec = -1, .bound_sec = -1 };

        if (runs(input, CLIENT_CHRONYD))
                view.verdict = judge_chrony(input, &view);
        else if (runs(input, CLIENT_NTPD))
                view.verdict = judge_ntp(input, &view);
        else
                view.verdict = judge_kernel(input, &view);

        if (view.client != CLIENT_NONE && (view.verdict == TIME_SYNCHRONIZED || view.verdict == TIME_UNKNOWN) &&
            kernel_gave_up(input)) {
                bool idle = view.verdict == TIME_SYNCHRONIZED && !(input->steering >> view.client & 1);

                view.verdict = idle ? TIME_NOT_STEERING : TIME_UNSYNCHRONIZED;
                view.bound_sec = -1;
        }
        *ret = view;
}
