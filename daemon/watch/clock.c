/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The log is opened and read before sysfs is, and once more after: a mark that lands in between is neither missed nor taken for
 * something else.
 */
#include "watch/clock.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/log.h"
#include "base/time.h"
#include "host/clocksource.h"
#include "host/journal.h"
#include "host/klog.h"
#include "host/kmsg.h"
#include "model/clock-facts.h"
#include "model/clock-view.h"
#include "model/clock-words.h"
#include "model/facts.h"
#include "watch/clock-file.h"

/* Records between two looks at the event loop, so that a storm in the log does not starve the service watchdog. */
#define KMSG_BATCH 512
/* The only polling there is, for want of /dev/kmsg (printk.devkmsg=off). */
#define KLOG_POLL_USEC 10000000
#define KLOG_POLL_ACCURACY_USEC 1000000
/* Reading a boot's kernel lines from the journal is dear. */
#define JOURNAL_AGAIN_USEC 500000

/* What reports the kernel's doings. */
typedef enum Witness {
        WITNESS_KMSG,
        WITNESS_SYSLOG, /* syslog(2), polled */
        WITNESS_SYSFS,  /* the clocksource files, polled */
} Witness;

struct ClockWatch {
        sd_event *event;
        int runtime_fd;
        ClockCallback callback;
        void *userdata;
        sd_event_source *kmsg_source, *timer, *poll_timer;

        Clock clock;
        ClockChanges changes; /* the callback does not have them yet */
        uint64_t n_clocksource_changes;
        Witness witness;

        int kmsg_fd;
        bool kmsg_read; /* a record was, of this number */
        uint64_t kmsg_sequence;
        bool log_complete; /* it reaches back to the boot */
        bool overrun;      /* records were lost, and perhaps the one that counts */
        unsigned n_overruns;
        uint64_t journal_asked_usec;
        uint64_t klog_usec;      /* time stamp of the last line before this reading */
        uint64_t klog_last_usec; /* and of the last one so far */
};

static uint64_t now_usec(void)
{
        return time_usec(CLOCK_MONOTONIC);
}

static void clock_on_log_line(uint64_t usec, const char *text, void *userdata)
{
        ClockWatch *watch = userdata;

        clock_feed_line(&watch->clock, usec, now_usec(), text, &watch->changes);
}

/* The whole buffer is read each time: what was there before is told once. */
static void clock_on_klog_line(uint64_t usec, const char *text, void *userdata)
{
        ClockWatch *watch = userdata;

        if (watch->klog_usec > 0 && usec <= watch->klog_usec)
                return;
        watch->klog_last_usec = usec;
        clock_on_log_line(usec, text, watch);
}

/* Told at the first, second, fourth, … time: a storm in the log is not answered with another. */
static void clock_on_overrun(ClockWatch *watch)
{
        watch->overrun = true;
        clock_feed_overrun(&watch->clock);
        watch->n_overruns++;
        if ((watch->n_overruns & (watch->n_overruns - 1)) == 0)
                log_message(LOG_INFO,
                            "Lines of the kernel's log were overwritten before they were read, %u times so far; the "
                            "clocksources are looked at instead.",
                            watch->n_overruns);
}

/* At most `max` records. 1 there may be more, 0 none for now, or the negative errno that ended the reader. */
static int clock_drain_kmsg(ClockWatch *watch, unsigned max)
{
        char buffer[KMSG_BUFFER_SIZE];

        for (unsigned n = 0; n < max; n++) {
                KmsgRecord record;
                int r = kmsg_read(watch->kmsg_fd, buffer, &record);

                if (r == 0)
                        return 0;
                if (r == -EBADMSG)
                        continue;
                if (r == -EPIPE) {
                        clock_on_overrun(watch);
                        continue;
                }
                if (r < 0)
                        return r;
                if (!watch->kmsg_read)
                        watch->log_complete = record.sequence == 0;
                else if (record.sequence != watch->kmsg_sequence + 1 && !watch->overrun)
                        clock_on_overrun(watch);
                watch->kmsg_read = true;
                watch->kmsg_sequence = record.sequence;
                /* LOG_KERN is facility 0: programs that write to /dev/kmsg are given another (kernel/printk/printk.c). */
                if (record.priority < 8)
                        clock_feed_line(&watch->clock, record.usec, now_usec(), record.text, &watch->changes);
        }
        return 1;
}

static void clock_read_sysfs(ClockWatch *watch)
{
        _cleanup_free_ char *current = NULL, *available = NULL;
        ClockObservation observation;

        /* Out of memory reads as unreadable, which only a later reading ends. */
        (void)clocksource_read(&current, &available);
        /* The kernel prints its whole report before it takes the TSC off the list. What it printed since the log was
         * last read belongs before what sysfs says. */
        if (watch->witness == WITNESS_KMSG)
                (void)clock_drain_kmsg(watch, KMSG_BATCH);
        observation = (ClockObservation) { .current = current, .available = available };
        clock_feed_sysfs(&watch->clock, &observation, now_usec(), &watch->changes);
}

static void clock_read_klog(ClockWatch *watch)
{
        if (klog_read(clock_on_klog_line, watch) < 0)
                watch->witness = WITNESS_SYSFS;
        watch->klog_usec = watch->klog_last_usec;
}

/* What the ring no longer has, this boot's journal may, now or when it has caught up. Asked for only where it would tell: tsc is
 * gone and nothing said why. */
static void clock_ask_journal(ClockWatch *watch)
{
        uint64_t now = now_usec();
        ClockView view;

        clock_get(&watch->clock, &view);
        if (clocksources_have_tsc(view.available) || (view.verdict == VERDICT_UNSTABLE && view.kernel_line[0])) {
                watch->overrun = false;
                return;
        }
        if (now < watch->journal_asked_usec + JOURNAL_AGAIN_USEC)
                return;
        watch->journal_asked_usec = now;
        log_message(LOG_DEBUG,
                    "Lines of the kernel's log were lost and tsc is gone; looking for the reason in the journal.");
        (void)journal_read_kernel(clock_on_log_line, watch);
        /* The grace period is over: the journal is not asked again. Where tsc is absent there may be no line at all. */
        if (view.verdict == VERDICT_UNSTABLE || view.verdict == VERDICT_ABSENT)
                watch->overrun = false;
}

static void clock_arm_timer(ClockWatch *watch)
{
        uint64_t deadline = clock_deadline(&watch->clock);

        if (deadline == CLOCK_NEVER) {
                (void)sd_event_source_set_enabled(watch->timer, SD_EVENT_OFF);
                return;
        }
        (void)sd_event_source_set_time(watch->timer, deadline);
        (void)sd_event_source_set_enabled(watch->timer, SD_EVENT_ONESHOT);
}

/* Hands on what has gathered. */
static void clock_tell(ClockWatch *watch)
{
        const ClockChanges changes = watch->changes;

        if (changes.mask == 0)
                return;
        watch->changes = (ClockChanges) {};
        if (changes.mask & (CLOCK_CHANGED_VERDICT | CLOCK_CHANGED_CLOCKSOURCE | CLOCK_CHANGED_DETAILS))
                clock_file_save(watch->runtime_fd, &watch->clock);
        watch->n_clocksource_changes += (changes.mask & CLOCK_CHANGED_CLOCKSOURCE) != 0;
        watch->callback(&changes, watch->userdata);
}

/* After new lines, a timer or a write to current_clocksource: whatever is due. */
static void clock_look(ClockWatch *watch, bool read_sysfs)
{
        if (watch->overrun || read_sysfs || clock_wants_sysfs(&watch->clock))
                clock_read_sysfs(watch);
        if (watch->overrun)
                clock_ask_journal(watch);
        clock_feed_timer(&watch->clock, now_usec(), &watch->changes);
        clock_tell(watch);
        clock_arm_timer(watch);
}

static int clock_on_kmsg(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
        ClockWatch *watch = userdata;
        int r = clock_drain_kmsg(watch, KMSG_BATCH);

        if (r < 0) {
                (void)log_error_errno(r, "Reading /dev/kmsg failed; from now on sysfs alone is asked");
                watch->witness = WITNESS_SYSFS;
                (void)sd_event_source_set_enabled(watch->kmsg_source, SD_EVENT_OFF);
                (void)sd_event_source_set_enabled(watch->poll_timer, SD_EVENT_ON);
        }
        /* During a burst of lines only the marks that were seen already are checked. */
        clock_look(watch, /* read_sysfs= */ false);
        return 0;
}

static int clock_on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
        ClockWatch *watch = userdata;

        if (watch->witness == WITNESS_KMSG)
                (void)clock_drain_kmsg(watch, KMSG_BATCH);
        clock_look(watch, /* read_sysfs= */ false);
        return 0;
}

void clock_watch_look(ClockWatch *watch)
{
        if (watch->witness == WITNESS_KMSG)
                (void)clock_drain_kmsg(watch, KMSG_BATCH);
        clock_look(watch, /* read_sysfs= */ true);
}

static int clock_on_poll(sd_event_source *source, uint64_t usec, void *userdata)
{
        ClockWatch *watch = userdata;
        int r;

        if (watch->witness == WITNESS_SYSLOG)
                clock_read_klog(watch);
        clock_look(watch, /* read_sysfs= */ true);
        r = sd_event_source_set_time_relative(watch->poll_timer, KLOG_POLL_USEC);
        return r < 0 ? r : sd_event_source_set_enabled(watch->poll_timer, SD_EVENT_ONESHOT);
}

static int clock_add_sources(ClockWatch *watch)
{
        int r = sd_event_add_time(watch->event, &watch->timer, CLOCK_MONOTONIC, 0, 1000, clock_on_timer, watch);

        if (r < 0)
                return r;
        r = sd_event_source_set_enabled(watch->timer, SD_EVENT_OFF);
        if (r < 0)
                return r;
        (void)sd_event_source_set_description(watch->timer, "clock");
        r = sd_event_add_time_relative(watch->event, &watch->poll_timer, CLOCK_MONOTONIC, KLOG_POLL_USEC,
                                       KLOG_POLL_ACCURACY_USEC, clock_on_poll, watch);
        if (r < 0)
                return r;
        (void)sd_event_source_set_description(watch->poll_timer, "log-poll");
        if (watch->witness != WITNESS_KMSG)
                return 0;
        r = sd_event_source_set_enabled(watch->poll_timer, SD_EVENT_OFF);
        if (r < 0)
                return r;
        r = sd_event_add_io(watch->event, &watch->kmsg_source, watch->kmsg_fd, EPOLLIN, clock_on_kmsg, watch);
        if (r < 0)
                return r;
        (void)sd_event_source_set_description(watch->kmsg_source, "kmsg");
        return 0;
}

static void clock_drain_all(ClockWatch *watch)
{
        int r = 1;

        while (r > 0)
                r = clock_drain_kmsg(watch, KMSG_BATCH);
        if (r < 0)
                watch->witness = WITNESS_SYSFS;
}

/* Everything the kernel said so far. */
static void clock_replay(ClockWatch *watch, const ClockFacts *facts)
{
        int r = kmsg_open(&watch->kmsg_fd);
        bool told;

        if (r < 0) {
                watch->kmsg_fd = -1;
                watch->witness = WITNESS_SYSLOG;
                log_message(
                        LOG_WARNING, "/dev/kmsg cannot be opened (%s): the kernel's log is read every 10 s instead%s.",
                        strerror(-r),
                        r == -EPERM ? "; printk.devkmsg=off on the kernel command line, or CAP_SYSLOG is missing" : "");
                clock_read_klog(watch);
                return;
        }
        clock_drain_all(watch);
        /* The ring buffer has wrapped: replay from the start, with the journal's older lines first. */
        if (!watch->log_complete) {
                clock_init(&watch->clock, facts);
                clock_file_load(watch->runtime_fd, &watch->clock);
                told = journal_read_kernel(clock_on_log_line, watch) > 0;
                (void)lseek(watch->kmsg_fd, 0, SEEK_SET);
                watch->kmsg_read = false;
                clock_drain_all(watch);
                watch->log_complete = told;
        }
}

static void clock_begin(ClockWatch *watch, const ClockFacts *facts)
{
        clock_init(&watch->clock, facts);
        clock_file_load(watch->runtime_fd, &watch->clock);
        clock_replay(watch, facts);
        clock_read_sysfs(watch);
        if (watch->witness == WITNESS_KMSG)
                clock_drain_all(watch);
        watch->overrun = false;
        clock_start(&watch->clock, watch->log_complete, now_usec());
        watch->changes = (ClockChanges) {};
        clock_file_save(watch->runtime_fd, &watch->clock);
}

int clock_watch_new(sd_event *event, const ClockFacts *facts, int runtime_fd, ClockCallback callback, void *userdata,
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
        watch->kmsg_fd = -1;
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
        if (watch->kmsg_fd >= 0)
                close(watch->kmsg_fd);
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

        return names[watch->witness];
}
