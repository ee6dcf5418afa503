/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/macro.h"
#include "check/audit-parts.h"

#define NOT_STEERING "It was started with -x, or in a container: nothing sets this clock."

/* Returns "chronyd systemd-timesyncd", or "none". */
static const char *list_clients(unsigned clients, char buffer[static 128])
{
        char *at = buffer;

        for (TimeClient client = 0; client < CLIENT_MAX_; client++)
                if (clients >> client & 1)
                        at += sprintf(at, "%s%s", at > buffer ? " " : "", time_client_to_string(client));
        return at > buffer ? buffer : "none";
}

/* Which of several clients should be stopped: the simplest. */
static TimeClient needless_client(const TimeInput *time)
{
        static const TimeClient order[] = { CLIENT_TIMESYNCD, CLIENT_NTPD, CLIENT_CHRONYD };
        unsigned steering = time->steering;

        /* phc2sys is useless if no program sets the clock that it copies. */
        if (steering >> CLIENT_PHC2SYS & 1 && time_phc2sys_is_kept(time) == 0)
                return CLIENT_PHC2SYS;
        for (size_t i = 0; i < ARRAY_SIZE(order); i++)
                if (steering >> order[i] & 1)
                        return order[i];
        return CLIENT_PTP4L;
}

/* ptp4l sets a network interface's clock, but no program copies that to the system's clock. */
static bool only_sets_interface(const TimeInput *time)
{
        return phc_kept_any(&time->phcs) && time->running == 1U << CLIENT_PTP4L;
}

/* Gives the step the command that starts a time client, or advice if another program or none has to be set up. */
static void advise_nobody(const AuditInput *input, AuditStep *step)
{
        if (only_sets_interface(input->time))
                audit_advise(step, "With hardware time stamps ptp4l sets the interface's clock only: phc2sys (`phc2sys "
                                   "-a -r`) sets this machine's from it, or chronyd follows it (a line `refclock PHC` "
                                   "with that device).");
        else if (input->setup->time_client_unit)
                audit_fix(step, "timedatectl set-ntp true");
        else
                audit_advise(step, "No time client is installed that systemd can start: install chrony.");
}

/* No known client sets the clock. Advises starting one only if no unknown program seems to set it, because two clients
 * would work against each other. */
static void judge_no_client(const AuditInput *input, AuditStep *step)
{
        const TimeInput *time = input->time;
        bool set = time->kernel_known && time->kernel_max_error_usec < TIME_MAX_ERROR_USEC;
        bool other = time_client_runs(time, CLIENT_OTHER);
        bool nobody_sets = time->running & (1U << CLIENT_CHRONYD | 1U << CLIENT_NTPD);
        const char *but = "";
        char buffer[128];

        if (only_sets_interface(time))
                but = ", which sets a network interface's clock; no program here copies that to the system's clock";
        else if (time->running && !other)
                but = ", which is configured not to set the clock";
        audit_set(step, set && !nobody_sets ? AUDIT_WARN : AUDIT_FAIL, "running: %s%s%s",
                  other ? time->other : list_clients(time->running, buffer), but,
                  set && !nobody_sets ? "; adjtimex says that some program sets the clock" : "");
        if (other)
                audit_advise(step,
                             "tscwarden cannot find out whether %s sets the clock. Do not start a second client: two "
                             "work against each other.",
                             time->other);
        else if (nobody_sets)
                audit_advise(step, NOT_STEERING);
        else if (set)
                audit_advise(step, "It may be a client in a container or the hypervisor's agent. Do not start a second "
                                   "client: two work against each other.");
        else
                advise_nobody(input, step);
}

void audit_client(const AuditInput *input, AuditStep *step)
{
        const TimeInput *time = input->time;
        unsigned n = time_count_disciplines(time);
        TimeClient client = needless_client(time);
        char buffer[128];

        if (!time->clients_known)
                audit_set(step, AUDIT_UNKNOWN, "/proc cannot be read");
        else if (n == 0)
                judge_no_client(input, step);
        else if (n == 1)
                audit_set(step, AUDIT_PASS, "running: %s", list_clients(time->running, buffer));
        else {
                audit_set(step, AUDIT_FAIL, "running: %s; they work against each other",
                          list_clients(time->running, buffer));
                /* If the service is not known, the program's name is used: most services, or an alias of them, have
                 * it. */
                audit_fix(step, "systemctl disable --now %s",
                          time->unit[client][0] ? time->unit[client] : time_client_to_string(client));
        }
}

/* Each verdict's result, and the advice that is the same on every machine. */
static const struct {
        AuditResult result;
        const char *text, *advice;
} verdicts[TIME_MAX_] = {
        [TIME_UNKNOWN] = { AUDIT_UNKNOWN, "not known", NULL },
        [TIME_SYNCHRONIZED] = { AUDIT_PASS, "synchronised", NULL },
        [TIME_NOBODY] = { AUDIT_FAIL, "no program sets the clock", NULL },
        [TIME_UNSEEN] = { AUDIT_WARN, "some program has set the clock within nine hours, but none that runs here",
                          NULL },
        [TIME_UNSYNCHRONIZED] = { AUDIT_FAIL, "not synchronised",
                                  "Its sources have not answered yet, or not at all: network, firewall (UDP 123), or "
                                  "the servers themselves." },
        [TIME_LOCAL] = { AUDIT_FAIL, "follows its own clock",
                         "This machine's own clock is no time source: configure servers, and remove `local` unless "
                         "this machine serves an isolated network." },
        [TIME_STALE] = { AUDIT_FAIL, "its sources no longer answer",
                         "Its sources do not answer: network, firewall (UDP 123), or the servers themselves." },
        [TIME_NOT_STEERING] = { AUDIT_FAIL, "it does not set the clock", NOT_STEERING },
        [TIME_DISAGREEING] = { AUDIT_FAIL, "its sources contradict each other",
                               "Its sources answer but contradict each other, so it follows none of them. Find the "
                               "wrong one (chronyc sources -v marks it with x); with only two sources, add a third." },
        [TIME_UNASKED] = { AUDIT_WARN, "the client cannot be asked", NULL },
        [TIME_UNKEPT] = { AUDIT_FAIL, "it follows a network interface's clock, which no program sets",
                          "A network interface's clock is wrong until ptp4l or ts2phc sets it: start one of them, or "
                          "remove that clock from the client's configuration." },
        [TIME_UNTRACED] = { AUDIT_UNKNOWN,
                            "it follows a network interface's clock; it is not known whether a program sets that",
                            "ptp4l, ts2phc or a similar program runs, but it is not known which interfaces' clocks it "
                            "sets: `ethtool -T` names the number of an interface's clock." },
        [TIME_OFF] = { AUDIT_FAIL, "synchronised, but far off",
                       "The client corrects it slowly; a restart of the client sets it at once." },
};

static void advise_unsynchronized(const AuditInput *input, AuditStep *step)
{
        bool chronyd = input->view.client == CLIENT_CHRONYD;
        const char *advice = verdicts[input->view.verdict].advice, *more = "";

        switch (input->view.verdict) {
        case TIME_STALE:
                if (chronyd)
                        more = " `chronyc sources -v` explains its list.";
                else if (input->view.client == CLIENT_NTPD)
                        more = " `ntpq -p` lists them.";
                break;
        case TIME_NOBODY:
                advise_nobody(input, step);
                break;
        case TIME_OFF:
                if (chronyd)
                        audit_fix(step, "chronyc makestep");
                if (chronyd)
                        advice = "chronyd corrects it slowly; makestep sets it at once.";
                if (input->guest)
                        more = " A guest's clock falls behind at every resume: the line `makestep 1 -1` lets chronyd "
                               "set it each time.";
                break;
        case TIME_UNSYNCHRONIZED:
                if (chronyd && !input->time->chrony.n_sources)
                        advice = "It has no source: add a line `server NAME iburst` to its configuration.";
                break;
        default:
                break;
        }
        if (advice)
                audit_advise(step, "%s%s", advice, more);
}

/* Writes the evidence for the verdict into `buffer`. */
static void describe(const TimeInput *time, const TimeView *view, char buffer[static 256])
{
        const ChronySource *source = chrony_selected(&time->chrony);

        if (view->client == CLIENT_CHRONYD && time->chrony.tracked)
                snprintf(buffer, 256, "chronyc tracking: %s, refid %s (%s), selected: %s",
                         time->chrony.normal ? "Normal" : "Not synchronised", time->chrony.refid,
                         time->chrony.name[0] ? time->chrony.name : "no name", source ? source->name : "none");
        else if (view->client == CLIENT_CHRONYD)
                snprintf(buffer, 256, "chronyc tracking: %s",
                         time->chrony_error < 0 ? "cannot be run" : time->chrony.complaint);
        else if (view->client == CLIENT_NTPD && time->ntp.answered)
                snprintf(buffer, 256, "ntpq rv 0: leap %u, stratum %u, refid %s", time->ntp.leap, time->ntp.stratum,
                         time->ntp.refid);
        else if (view->client == CLIENT_NTPD)
                snprintf(buffer, 256, "ntpq rv 0: no answer");
        else if (view->client == CLIENT_NONE)
                snprintf(buffer, 256, "no client");
        else if (view->client == CLIENT_OTHER)
                snprintf(buffer, 256, "%s", time->other);
        else
                snprintf(buffer, 256, "%s", time_client_to_string(view->client));
}

void audit_synchronized(const AuditInput *input, AuditStep *step)
{
        const TimeView *view = &input->view;
        const TimeInput *time = input->time;
        char source[256], age[64] = "", off[64] = "", kernel[64] = "adjtimex cannot be read";

        describe(time, view, source);
        if (view->age_sec >= 0 && view->verdict != TIME_SYNCHRONIZED)
                snprintf(age, sizeof(age), ", %.0f s ago", view->age_sec);
        if (view->verdict == TIME_OFF)
                snprintf(off, sizeof(off), ", %.3f s to be corrected", fabs(view->correction_sec));
        if (time->kernel_known)
                snprintf(kernel, sizeof(kernel), "adjtimex: maxerror %s 16 s",
                         time->kernel_max_error_usec < TIME_MAX_ERROR_USEC ? "below" : "at");
        audit_set(step, verdicts[view->verdict].result, "%s; %s%s%s; %s", verdicts[view->verdict].text, source, age,
                  off, kernel);
        advise_unsynchronized(input, step);
}

void audit_bound(const AuditInput *input, AuditStep *step)
{
        double sec = input->view.bound_sec;

        if (input->view.verdict != TIME_SYNCHRONIZED)
                audit_set(step, AUDIT_NOT_APPLICABLE, "not synchronised");
        else if (sec < 0)
                audit_set(step, AUDIT_WARN, "%s does not report one", time_client_to_string(input->view.client));
        else
                audit_set(step, sec > TIME_CORRECTION_MAX_SEC ? AUDIT_WARN : AUDIT_PASS,
                          "off by no more than %.3f ms: |offset| + root dispersion + root delay / 2", sec * 1000);
        if (step->result == AUDIT_WARN && sec > 0)
                audit_advise(step, "More than 128 ms: use nearer or better servers.");
}

/* Only chronyd reports whether hardware stamps packets, and it tells only root. */
void audit_stamps(const AuditInput *input, AuditStep *step)
{
        const char *interface = input->setup->ptp_interface;
        const TimeInput *time = input->time;
        bool packets = false;

        for (unsigned i = 0; i < time->chrony.n_sources; i++)
                packets |= time->chrony.sources[i].mode != '#';

        if (!interface[0])
                audit_set(step, AUDIT_NOT_APPLICABLE, "/sys/class/ptp: no clock of a network interface");
        else if (!time_client_runs(time, CLIENT_CHRONYD))
                audit_set(step, AUDIT_NOT_APPLICABLE,
                          "/sys/class/ptp/%s could stamp packets; only chronyd can be asked whether it does",
                          interface);
        else if (!packets && time->chrony.n_sources > 0)
                audit_set(step, AUDIT_NOT_APPLICABLE, "chronyc sources: reference clocks only, no packet to stamp");
        else if (time->chrony.stamps_known && time->chrony.hardware_stamps)
                audit_set(step, AUDIT_PASS, "chronyc ntpdata: Hardware");
        else {
                audit_set(step, time->chrony.stamps_known ? AUDIT_WARN : AUDIT_UNKNOWN,
                          "/sys/class/ptp/%s could stamp packets; chronyc ntpdata: %s", interface,
                          time->chrony.stamps_known ? "Kernel or Daemon" : "no answer (it needs root, and a source)");
                if (time->chrony.stamps_known)
                        audit_advise(step, "A line `hwtimestamp *` in chrony's configuration makes chronyd use them.");
        }
}
