/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/time.h"
#include "check/read/timesync.h"
#include "ctl/clock-here.h"
#include "ctl/guests-show.h"
#include "ctl/verbs.h"
#include "guests/ask.h"
#include "host/facts.h"
#include "host/vms.h"

#define KVM_FOLDER "/sys/kernel/debug/kvm"

/* 1: read; 0: there is no VM; CTL_NO_ANSWER as a negative number: told on stderr. */
static int read_guests(Guests *ret)
{
        int kvm = open(KVM_FOLDER, O_RDONLY | O_DIRECTORY | O_CLOEXEC), error = errno, proc, r;

        if (kvm < 0 && error == ENOENT && vms_probe() == 0)
                return 0;
        if (kvm < 0) {
                fprintf(stderr, "tscwarden: Cannot read " KVM_FOLDER ": %s%s\n", strerror(error),
                        error == EACCES ? "; run this as root" :
                        error == ENOENT ? "; `mount -t debugfs none /sys/kernel/debug`, where the kernel has debugfs" :
                                          "");
                return -CTL_NO_ANSWER;
        }
        proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        r = proc < 0 ? -errno : guests_read(kvm, proc, ret);
        (void)close(kvm);
        if (proc >= 0)
                (void)close(proc);
        if (r == 0)
                return 1;
        return -ctl_complain(strerror(-r));
}

/* What of this host counts for its guests. 0 or -errno. */
static int read_host(GuestHost *ret)
{
        _cleanup_facts_ Facts facts = {};
        ClockFacts clock_facts;
        ClockView view;
        Clock clock;
        int r = facts_read(&facts);

        if (r < 0)
                return r;
        clock_facts_fill(&clock_facts, &facts, /* snapshot= */ NULL);
        clock_init(&clock, &clock_facts);
        r = clock_here_read(&clock);
        if (r < 0)
                return r;
        clock_get(&clock, &view);
        *ret = (GuestHost) {
                .tsc_in_use = guest_host_tsc(view.clocksource),
                .tsc_khz = view.tsc_khz,
        };
        if (view.lost_after_use && view.since_usec)
                ret->lost_usec = time_usec(CLOCK_REALTIME) - (time_usec(CLOCK_MONOTONIC) - view.since_usec);
        return 0;
}

/* Keeps those that were asked for. 0, or -ENOENT: one of the names is nobody's, told on stderr. */
static int select_guests(Guests *guests, char *const *names, unsigned n_names)
{
        size_t n = 0;

        for (unsigned i = 0; i < n_names; i++) {
                bool found = false;

                for (size_t j = 0; !found && j < guests->n; j++)
                        found = strcmp(guests->entries[j].name, names[i]) == 0;
                if (found)
                        continue;
                fprintf(stderr, "tscwarden: KVM runs no virtual machine '%s' here\n", names[i]);
                return -ENOENT;
        }
        for (size_t i = 0; n_names > 0 && i < guests->n; i++) {
                bool wanted = false;

                for (unsigned j = 0; !wanted && j < n_names; j++)
                        wanted = strcmp(guests->entries[i].name, names[j]) == 0;
                if (wanted)
                        guests->entries[n++] = guests->entries[i];
                else
                        guest_vm_done(&guests->entries[i]);
        }
        if (n_names > 0)
                guests->n = n;
        return 0;
}

static int exit_status(const GuestsView *view)
{
        int status = CTL_FINE;

        for (size_t i = 0; i < view->guests->n; i++) {
                bool answered = view->answers && view->answers[i].answered;

                if (view->verdicts[i].stable == TSC_STABLE_NO ||
                    (answered && !guest_answer_is_right(&view->answers[i])))
                        return CTL_WRONG;
                if (view->verdicts[i].stable == TSC_STABLE_UNKNOWN || (view->answers && !answered))
                        status = CTL_NO_ANSWER;
        }
        return status;
}

/* 0 or -ENOMEM. */
static int read_host_right(bool *ret)
{
        TimeInput input;
        TimeView view;
        int r = timesync_read(&input);

        if (r < 0)
                return r;
        time_judge(&input, &view);
        *ret = view.verdict == TIME_SYNCHRONIZED || view.verdict == TIME_UNSEEN || view.verdict == TIME_UNASKED;
        return 0;
}

static int show(const CtlOptions *options, const Guests *guests, const GuestHost *host)
{
        _cleanup_free_ GuestVerdict *verdicts = calloc(guests->n + 1, sizeof(*verdicts));
        GuestsView view = { .guests = guests, .verdicts = verdicts, .utf8 = ctl_shows_utf8() };
        GuestAnswer *answers = NULL;
        int r = verdicts ? 0 : -ENOMEM, status;

        for (size_t i = 0; r == 0 && i < guests->n; i++)
                guest_judge(&guests->entries[i], host, &verdicts[i]);
        if (r == 0 && options->ask)
                r = read_host_right(&view.host_right);
        if (r == 0 && options->ask)
                r = guests_ask(guests, &answers);
        if (r < 0)
                return ctl_complain(strerror(-r));
        view.answers = answers;
        view.now_usec = time_usec(CLOCK_REALTIME);
        r = options->json ? guests_show_json(stdout, &view) : guests_show(stdout, &view);
        status = exit_status(&view);
        guest_answers_free(answers, guests->n);
        return ctl_finish(r, status);
}

int verb_guests(const CtlOptions *options)
{
        _cleanup_guests_ Guests guests = {};
        GuestHost host;
        int r = read_guests(&guests);

        if (r < 0)
                return -r;
        if (select_guests(&guests, options->names, options->n_names) < 0)
                return CTL_NO_ANSWER;
        r = read_host(&host);
        if (r < 0) {
                fprintf(stderr, "tscwarden: Cannot read what this machine is: %s\n", strerror(-r));
                return CTL_NO_ANSWER;
        }
        return show(options, &guests, &host);
}
