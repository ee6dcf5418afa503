/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/time.h"
#include "check/read/timesync.h"
#include "check/timesync.h"
#include "ctl/clock-here.h"
#include "ctl/clocks-there.h"
#include "ctl/ctl-bus.h"
#include "ctl/guests-show.h"
#include "ctl/json.h"
#include "ctl/textfile.h"
#include "ctl/verbs.h"
#include "guests/ask.h"
#include "guests/judge.h"
#include "host/vms.h"

#define KVM_FOLDER "/sys/kernel/debug/kvm"

/* CTL_FINE, also if there is no VM; CTL_NO_ANSWER after a message on stderr. */
static int read_guests(Guests *ret)
{
        int kvm = open(KVM_FOLDER, O_RDONLY | O_DIRECTORY | O_CLOEXEC), error = errno, proc, r;

        if (kvm < 0 && error == ENOENT && vms_probe() == 0)
                return CTL_FINE;
        if (kvm < 0) {
                const char *cure = "";

                if (error == EACCES)
                        cure = "; run this as root";
                else if (error == ENOENT)
                        cure = "; `mount -t debugfs none /sys/kernel/debug`, where the kernel has debugfs";
                return ctl_complain("Cannot read " KVM_FOLDER ": %s%s", strerror(error), cure);
        }
        proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        r = proc < 0 ? -errno : guests_read(kvm, proc, ret);
        (void)close(kvm);
        if (proc >= 0)
                (void)close(proc);
        return r < 0 ? ctl_complain("%s", strerror(-r)) : CTL_FINE;
}

/* The TSC's rate as a running tscwardend reports it; the kernel's log may no longer have it. 0: not known. */
static unsigned ask_warden_rate(void)
{
        _cleanup_(ctl_bus_freep) CtlBus *bus = ctl_bus_open(NULL);
        _cleanup_warden_state_ WardenState state = {};

        if (ctl_bus_read_state(bus, /* with_cpus= */ false, &state) != BUS_OK)
                return 0;
        return (unsigned)json_get_number(state.clock, "TscKHz");
}

/* Reads what this host's guests depend on. 0 or -errno. */
static int read_host(GuestHost *ret)
{
        _cleanup_clock_here_ ClockHere here = {};
        const ClockView *view = &here.view;
        int r = clock_here_read(&here);

        if (r < 0)
                return r;
        *ret = (GuestHost) {
                .tsc_in_use = guest_host_tsc(view->clocksource),
                .tsc_khz = view->tsc_khz ? view->tsc_khz : ask_warden_rate(),
        };
        if (view->lost_after_use && view->since_usec)
                ret->lost_usec = time_usec(CLOCK_REALTIME) - (time_usec(CLOCK_MONOTONIC) - view->since_usec);
        return 0;
}

/* `name` is the real name, or the name as the table shows it. */
static bool guest_has_name(const Guest *guest, const char *name)
{
        _cleanup_free_ char *escaped = text_escape(name);

        return strcmp(guest->name, name) == 0 || (escaped && strcmp(guest->name, escaped) == 0);
}

/* Keeps the guests with these names. 0, or -ENOENT after a message on stderr if no guest has one of the names. */
static int select_guests(Guests *guests, char *const *names, unsigned n_names)
{
        size_t n = 0;

        for (unsigned i = 0; i < n_names; i++) {
                bool found = false;

                for (size_t j = 0; !found && j < guests->n; j++)
                        found = guest_has_name(&guests->entries[j], names[i]);
                if (found)
                        continue;
                (void)ctl_complain("KVM runs no virtual machine '%s' here", names[i]);
                return -ENOENT;
        }
        for (size_t i = 0; n_names > 0 && i < guests->n; i++) {
                bool wanted = false;

                for (unsigned j = 0; !wanted && j < n_names; j++)
                        wanted = guest_has_name(&guests->entries[i], names[j]);
                if (wanted)
                        guests->entries[n++] = guests->entries[i];
                else
                        guest_vm_done(&guests->entries[i]);
        }
        if (n_names > 0)
                guests->n = n;
        return 0;
}

static bool is_wrong(const GuestAnswer *answers, size_t i)
{
        return answers && answers[i].answered && !guest_answer_is_right(&answers[i]);
}

static bool is_silent(const GuestAnswer *answers, size_t i)
{
        return answers && !answers[i].answered;
}

/* The exit status with --against, which depends only on whether the guests can go there. */
static int exit_status_of_going(const GuestsView *view)
{
        int status = CTL_FINE;

        for (size_t i = 0; i < view->guests->n; i++) {
                const char *reason;
                Going going = guest_can_go(&view->guests->entries[i], &view->verdicts[i], view->there, &reason);

                if (going == GOING_NO)
                        return CTL_WRONG;
                if (going == GOING_UNKNOWN)
                        status = CTL_NO_ANSWER;
        }
        return status;
}

static int exit_status(const GuestsView *view)
{
        int status = CTL_FINE;

        for (size_t i = 0; i < view->guests->n; i++) {
                if (view->verdicts[i].stable == TSC_STABLE_NO || is_wrong(view->answers, i) || is_wrong(view->moves, i))
                        return CTL_WRONG;
                if (view->verdicts[i].stable == TSC_STABLE_UNKNOWN || is_silent(view->answers, i) ||
                    is_silent(view->moves, i))
                        status = CTL_NO_ANSWER;
        }
        for (size_t i = 0; view->before && i < view->before->n; i++)
                if (!guests_before_is_here(&view->before->entries[i], view->guests))
                        status = CTL_NO_ANSWER;
        return status;
}

/* 0 or -ENOMEM. */
static int read_own_clock(HostClock *ret)
{
        TimeInput input;
        TimeView view;
        int r = timesync_read(&input);

        if (r < 0)
                return r;
        time_judge(&input, &view);
        *ret = time_to_host_clock(&input, &view);
        return 0;
}

/* Prints all metrics, or none and a message on stderr. */
static int print_metrics(const CtlOptions *options, const GuestsView *view)
{
        char *text = NULL;
        size_t size;
        FILE *out = open_memstream(&text, &size);

        if (!out)
                return ctl_complain("Out of memory");
        guests_show_metrics(out, view);
        return textfile_write(options->textfile, text_finish(out, &text));
}

static int print(const CtlOptions *options, const GuestsView *view)
{
        int r = 0;

        if (options->metrics)
                return print_metrics(options, view);
        if (options->json)
                r = guests_show_json(stdout, view);
        else
                guests_show(stdout, view);
        return ctl_finish(r, view->there ? exit_status_of_going(view) : exit_status(view));
}

/* Asks all guests for their time, compares the answers with the earlier ones unless `before` is NULL, and prints. */
static int ask_and_print(const CtlOptions *options, const GuestsBefore *before, GuestsView *view)
{
        _cleanup_free_ GuestAnswer *moves = NULL;
        GuestAnswer *answers;
        HostClock own;
        int r = read_own_clock(&own), status;

        if (r == 0)
                r = guests_ask(view->guests, &answers);
        if (r < 0)
                return ctl_complain("%s", strerror(-r));
        view->host_right = own.right == 1;
        view->answers = answers;
        if (before)
                r = guests_before_compare(before, view->guests, answers, &moves);
        view->moves = moves;
        view->before = options->n_names == 0 ? before : NULL;
        status = r < 0 ? ctl_complain("%s", strerror(-r)) : print(options, view);
        guest_answers_free(answers, view->guests->n);
        return status;
}

/* 0, or CTL_NO_ANSWER after a message on stderr. */
static int read_destination(const char *host, Destination *ret)
{
        _cleanup_(ctl_bus_freep) CtlBus *bus = ctl_bus_open(host);
        _cleanup_warden_state_ WardenState state = {};
        HostClocks clocks;
        HostClock own;
        int r;

        if (ctl_bus_read_state(bus, /* with_cpus= */ false, &state) != BUS_OK)
                return ctl_complain("%s", ctl_bus_why(bus));
        r = read_own_clock(&own);
        if (r == 0)
                r = clocks_there_read(host, bus, &own, &clocks);
        if (r < 0)
                return ctl_complain("%s", strerror(-r));
        *ret = (Destination) {
                .tsc_in_use = guest_host_tsc(json_get_text(state.clock, "Clocksource")),
                .tsc_khz = (unsigned)json_get_number(state.clock, "TscKHz"),
                .tsc_scaling = json_get_flag(state.clock, "TscScaling"),
                .clocks = host_clocks_judge(&clocks),
        };
        return 0;
}

static int show(const CtlOptions *options, const GuestsBefore *before, const Guests *guests, const GuestHost *host)
{
        _cleanup_free_ GuestVerdict *verdicts = calloc(guests->n + 1, sizeof(*verdicts));
        Destination there = { .tsc_in_use = -1 };
        GuestsView view = {
                .guests = guests,
                .verdicts = verdicts,
                .now_usec = time_usec(CLOCK_REALTIME),
                .utf8 = ctl_shows_utf8(),
        };

        if (!verdicts)
                return ctl_complain("Out of memory");
        if (options->against && read_destination(options->against, &there) != 0)
                return CTL_NO_ANSWER;
        view.there = options->against ? &there : NULL;
        view.there_name = options->against;
        for (size_t i = 0; i < guests->n; i++)
                guest_judge(&guests->entries[i], host, &verdicts[i]);
        return options->ask || before ? ask_and_print(options, before, &view) : print(options, &view);
}

/* 0, or CTL_NO_ANSWER after a message on stderr. */
static int read_before(const char *path, GuestsBefore *ret)
{
        int r = guests_before_read(path, ret);

        if (r == 0)
                return 0;
        return ctl_complain("Cannot compare with %s: %s", path,
                            r == -EBADMSG ? "it is not what `tscwarden guests --ask --json` prints" : strerror(-r));
}

int verb_guests(const CtlOptions *options)
{
        _cleanup_guests_before_ GuestsBefore before = {};
        _cleanup_guests_ Guests guests = {};
        GuestHost host;
        int r;

        if (options->compare && read_before(options->compare, &before) != 0)
                return CTL_NO_ANSWER;
        if (read_guests(&guests) != CTL_FINE || select_guests(&guests, options->names, options->n_names) < 0)
                return CTL_NO_ANSWER;
        r = read_host(&host);
        if (r < 0)
                return ctl_complain("Cannot read what this machine is: %s", strerror(-r));
        return show(options, options->compare ? &before : NULL, &guests, &host);
}
