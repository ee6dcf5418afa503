/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "watch/clock.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/time.h"
#include "host/clock-file.h"
#include "host/clock-reader.h"
#include "model/clock-view.h"
#include "model/clock-words.h"
#include "model/facts.h"
#include "watch/source.h"

/* Without /dev/kmsg (printk.devkmsg=off) the daemon has to poll; nothing else does. */
#define KLOG_POLL_USEC 10000000
#define KLOG_POLL_ACCURACY_USEC 1000000
/* Reading a boot's kernel lines from the journal is expensive. */
#define JOURNAL_AGAIN_USEC 500000

struct ClockWatch {
        sd_event *event;
        int runtime_fd;
        ClockCallback callback;
        void *userdata;
        sd_event_source *kmsg_source, *timer, *poll_timer;

        Clock clock;
        ClockChanges changes; /* changes that the callback has not been told yet */
        uint64_t n_clocksource_changes;
        ClockReader reader;
        unsigned n_overruns_seen;
        uint64_t journal_asked_usec;
};

static uint64_t now_usec(void)
{
        return time_usec(CLOCK_MONOTONIC);
}

/* Logged at the first, second, fourth, … time, so that a burst in the kernel's log does not cause a burst here. */
static void clock_log_overruns(ClockWatch *watch)
{
        while (watch->n_overruns_seen < watch->reader.n_overruns) {
                watch->n_overruns_seen++;
                if ((watch->n_overruns_seen & (watch->n_overruns_seen - 1)) == 0)
                        log_message(LOG_INFO,
                                    "Lines of the kernel's log were overwritten before they were read, %u times so "
                                    "far. The daemon reads the clocksources instead.",
                                    watch->n_overruns_seen);
        }
}

static void clock_save(ClockWatch *watch)
{
        int r = watch->runtime_fd >= 0 ? clock_file_save(watch->runtime_fd, &watch->clock) : 0;

        /* Only the next start needs the file, and it can read the kernel's log instead. */
        if (r < 0)
                (void)log_error_errno(r, "Cannot save the verdict in the runtime directory, ignoring");
}

/* The journal may have the lines of this boot that the kernel's ring has lost, at once or some seconds later. It is
 * asked only if it can help: tsc has gone and no line has said why. */
static void clock_ask_journal(ClockWatch *watch)
{
        uint64_t now = now_usec();
        ClockView view;

        clock_get(&watch->clock, &view);
        if (clocksources_have_tsc(view.available) || (view.verdict == VERDICT_UNSTABLE && view.kernel_line[0])) {
                watch->reader.overrun = false;
                return;
        }
        if (now < watch->journal_asked_usec + JOURNAL_AGAIN_USEC)
                return;
        watch->journal_asked_usec = now;
        log_message(LOG_DEBUG,
                    "Lines of the kernel's log were lost and tsc is gone; the daemon looks for the reason in the "
                    "journal.");
        (void)clock_reader_read_journal(&watch->reader);
        /* The grace period is over: the journal is not asked again. If tsc is absent, there may be no line at all. */
        if (view.verdict == VERDICT_UNSTABLE || view.verdict == VERDICT_ABSENT)
                watch->reader.overrun = false;
}

static void clock_arm_timer(ClockWatch *watch)
{
        (void)source_arm(watch->timer, clock_deadline(&watch->clock));
}

/* Calls back with the changes that have collected. */
static void clock_tell(ClockWatch *watch)
{
        const ClockChanges changes = watch->changes;

        if (changes.mask == 0)
                return;
        watch->changes = (ClockChanges) {};
        if (changes.mask & (CLOCK_CHANGED_VERDICT | CLOCK_CHANGED_CLOCKSOURCE | CLOCK_CHANGED_DETAILS))
                clock_save(watch);
        watch->n_clocksource_changes += (changes.mask & CLOCK_CHANGED_CLOCKSOURCE) != 0;
        watch->callback(&changes, watch->userdata);
}

/* To be called after new lines, a timer, or a write to current_clocksource: does what is due. */
static void clock_look(ClockWatch *watch, bool read_sysfs)
{
        if (watch->reader.overrun || read_sysfs || clock_wants_sysfs(&watch->clock))
                (void)clock_reader_read_sysfs(&watch->reader);
        clock_log_overruns(watch);
        if (watch->reader.overrun)
                clock_ask_journal(watch);
        clock_feed_timer(&watch->clock, now_usec(), &watch->changes);
        clock_tell(watch);
        clock_arm_timer(watch);
}

static int clock_on_kmsg(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
        ClockWatch *watch = userdata;
        int r = clock_reader_drain(&watch->reader);

        if (r < 0) {
                (void)log_error_errno(r, "Reading /dev/kmsg failed; from now on the daemon reads only the "
                                         "clocksource files in sysfs");
                watch->reader.witness = WITNESS_SYSFS;
                (void)sd_event_source_set_enabled(watch->kmsg_source, SD_EVENT_OFF);
                (void)sd_event_source_set_enabled(watch->poll_timer, SD_EVENT_ON);
        }
        /* During a burst of lines only marks that are already pending are checked. */
        clock_look(watch, /* read_sysfs= */ false);
        return 0;
}

static int clock_on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
        ClockWatch *watch = userdata;

        (void)clock_reader_drain(&watch->reader);
        clock_look(watch, /* read_sysfs= */ false);
        return 0;
}

void clock_watch_look(ClockWatch *watch)
{
        (void)clock_reader_drain(&watch->reader);
        clock_look(watch, /* read_sysfs= */ true);
}

static int poll_later(ClockWatch *watch)
{
        return source_arm(watch->poll_timer, time_usec(CLOCK_MONOTONIC) + KLOG_POLL_USEC);
}

static int clock_on_poll(sd_event_source *source, uint64_t usec, void *userdata)
{
        ClockWatch *watch = userdata;

        if (watch->reader.witness == WITNESS_SYSLOG)
                clock_reader_read_klog(&watch->reader);
        clock_look(watch, /* read_sysfs= */ true);
        return poll_later(watch);
}

static int clock_add_sources(ClockWatch *watch)
{
        int r = source_add_timer(watch->event, &watch->timer, 1000, clock_on_timer, watch, "clock");

        if (r < 0)
                return r;
        r = source_add_timer(watch->event, &watch->poll_timer, KLOG_POLL_ACCURACY_USEC, clock_on_poll, watch,
                             "log-poll");
        if (r < 0)
                return r;
        if (watch->reader.witness != WITNESS_KMSG)
                return poll_later(watch);
        return source_add_readable(watch->event, &watch->kmsg_source, watch->reader.kmsg_fd, clock_on_kmsg, watch,
                                   "kmsg");
}

static void clock_begin(ClockWatch *watch, const Facts *facts)
{
        const ClockReader *reader = &watch->reader;

        /* Out of memory counts as unreadable until a later reading succeeds. */
        (void)clock_reader_replay(&watch->reader, &watch->clock, facts, &watch->changes, watch->runtime_fd);
        if (reader->kept_invalid)
                log_message(LOG_WARNING,
                            "The file `clock` in the runtime directory does not have the format of tscwardend and is "
                            "ignored.");
        if (reader->kmsg_error < 0)
                log_message(LOG_WARNING,
                            "/dev/kmsg cannot be opened (%s). The daemon reads the kernel's log every 10 s instead%s.",
                            strerror(-reader->kmsg_error),
                            reader->kmsg_error == -EPERM ?
                                    "; printk.devkmsg=off on the kernel command line, or CAP_SYSLOG is missing" :
                                    "");
        clock_log_overruns(watch);
        clock_save(watch);
}

int clock_watch_new(sd_event *event, const Facts *facts, int runtime_fd, ClockCallback callback, void *userdata,
                    ClockWatch **ret)
{
        _cleanup_(clock_watch_freep) ClockWatch *watch = calloc(1, sizeof(*watch));
        int r;

        if (!watch)
                return -ENOMEM;
        watch->event = event;
        watch->runtime_fd = runtime_fd;
        watch->callback = callback;
        watch->userdata = userdata;
        watch->reader.kmsg_fd = -1;
        clock_begin(watch, facts);
        r = clock_add_sources(watch);
        if (r < 0)
                return r;
        clock_arm_timer(watch);
        *ret = TAKE_PTR(watch);
        return 0;
}

ClockWatch *clock_watch_free(ClockWatch *watch)
{
        if (!watch)
                return NULL;
        sd_event_source_disable_unref(watch->kmsg_source);
        sd_event_source_disable_unref(watch->timer);
        sd_event_source_disable_unref(watch->poll_timer);
        clock_reader_done(&watch->reader);
        free(watch);
        return NULL;
}

void clock_watch_on_facts_changed(ClockWatch *watch)
{
        clock_feed_facts(&watch->clock, now_usec(), &watch->changes);
        clock_tell(watch);
}

void clock_watch_set_probe(ClockWatch *watch, bool convicted)
{
        clock_feed_probe(&watch->clock, convicted, &watch->changes);
        clock_tell(watch);
}

const Clock *clock_watch_get_clock(const ClockWatch *watch)
{
        return &watch->clock;
}

uint64_t clock_watch_get_clocksource_changes(const ClockWatch *watch)
{
        return watch->n_clocksource_changes;
}

const char *clock_watch_get_witness(const ClockWatch *watch)
{
        static const char *const names[] = {
                [WITNESS_KMSG] = "kmsg",
                [WITNESS_SYSLOG] = "syslog",
                [WITNESS_SYSFS] = "sysfs",
        };

        return names[watch->reader.witness];
}
