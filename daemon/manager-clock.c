/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Drives the clock's state machine: the kernel's log, sysfs and timers in; journal, file and observers out. The log is opened and
 * read before sysfs is, and once more after: a mark that lands in between is neither missed nor taken for something else.
 */
#include <errno.h>
#include <string.h>
#include <systemd/sd-id128.h>
#include <unistd.h>

#include "base/log.h"
#include "host/clocksource.h"
#include "host/journal.h"
#include "host/klog.h"
#include "host/kmsg.h"
#include "host/runtime.h"
#include "manager/manager-internal.h"

#define CLOCK_FILE "clock"
#define CLOCK_FILE_MAX 8192U
/* Records between two looks at the event loop, so that a storm in the log does not starve the service watchdog. */
#define KMSG_BATCH 512
/* The only polling there is, for want of /dev/kmsg (printk.devkmsg=off). */
#define KLOG_POLL_USEC 10000000
#define KLOG_POLL_ACCURACY_USEC 1000000
/* Reading a boot's kernel lines from the journal is dear. */
#define JOURNAL_AGAIN_USEC 500000

static void clock_on_log_line(uint64_t usec, const char *text, void *userdata)
{
        Manager *m = userdata;

        clock_feed_line(&m->clock, usec, manager_now_usec(), text, &m->clock_changes);
}

/* The whole buffer is read each time: what was there before is told once. */
static void clock_on_klog_line(uint64_t usec, const char *text, void *userdata)
{
        Manager *m = userdata;

        if (m->klog_usec > 0 && usec <= m->klog_usec)
                return;
        m->klog_last_usec = usec;
        clock_on_log_line(usec, text, m);
}

static void clock_read_sysfs(Manager *m)
{
        _cleanup_free_ char *current = NULL, *available = NULL;
        ClockObservation observation;

        /* Out of memory reads as unreadable, which only a later reading ends. */
        (void)clocksource_read(&current, &available);
        observation = (ClockObservation) { .current = current, .available = available };
        clock_feed_sysfs(&m->clock, &observation, manager_now_usec(), &m->clock_changes);
}

/* Told at the first, second, fourth, … time: a storm in the log is not answered with another. */
static void clock_on_overrun(Manager *m)
{
        m->overrun = true;
        clock_feed_overrun(&m->clock);
        m->log_overruns++;
        if ((m->log_overruns & (m->log_overruns - 1)) == 0)
                log_message(LOG_INFO,
                            "Lines of the kernel's log were overwritten before they were read, %u times so far; the "
                            "clocksources are looked at instead.",
                            m->log_overruns);
}

/* At most `max` records. 1 there may be more, 0 none for now, or the negative errno that ended the reader. */
static int clock_drain_kmsg(Manager *m, unsigned max)
{
        char buffer[KMSG_BUFFER_SIZE];

        for (unsigned n = 0; n < max; n++) {
                KmsgRecord record;
                int r = kmsg_read(m->kmsg_fd, buffer, &record);

                if (r == 0)
                        return 0;
                if (r == -EBADMSG)
                        continue;
                if (r == -EPIPE) {
                        clock_on_overrun(m);
                        continue;
                }
                if (r < 0)
                        return r;
                if (!m->kmsg_read)
                        m->log_complete = record.sequence == 0;
                else if (record.sequence != m->kmsg_sequence + 1 && !m->overrun)
                        clock_on_overrun(m);
                m->kmsg_read = true;
                m->kmsg_sequence = record.sequence;
                /* LOG_KERN is facility 0: programs that write to /dev/kmsg are given another (kernel/printk/printk.c). */
                if (record.priority < 8)
                        clock_feed_line(&m->clock, record.usec, manager_now_usec(), record.text, &m->clock_changes);
        }
        return 1;
}

static void clock_read_klog(Manager *m)
{
        if (klog_read(clock_on_klog_line, m) < 0)
                m->witness = WITNESS_SYSFS;
        m->klog_usec = m->klog_last_usec;
}

/* What the ring no longer has, this boot's journal may, now or when it has caught up. Asked for only where it would tell: tsc is
 * gone and nothing said why. */
static void clock_ask_journal(Manager *m)
{
        uint64_t now = manager_now_usec();
        ClockView view;

        clock_get(&m->clock, &view);
        if (clocksources_have_tsc(view.available) || (view.verdict == VERDICT_UNSTABLE && view.kernel_line[0])) {
                m->overrun = false;
                return;
        }
        if (now < m->journal_asked_usec + JOURNAL_AGAIN_USEC)
                return;
        m->journal_asked_usec = now;
        log_message(LOG_DEBUG,
                    "Lines of the kernel's log were lost and tsc is gone; looking for the reason in the journal.");
        (void)journal_read_kernel(clock_on_log_line, m);
        /* The wait for the line is over, and this was the last chance to find it. Where tsc is absent there may be no line at all. */
        if (view.verdict == VERDICT_UNSTABLE || view.verdict == VERDICT_ABSENT)
                m->overrun = false;
}

static void clock_arm_timer(Manager *m)
{
        uint64_t deadline = clock_deadline(&m->clock);

        if (deadline == CLOCK_NEVER) {
                (void)sd_event_source_set_enabled(m->clock_timer, SD_EVENT_OFF);
                return;
        }
        (void)sd_event_source_set_time(m->clock_timer, deadline);
        (void)sd_event_source_set_enabled(m->clock_timer, SD_EVENT_ONESHOT);
}

static void clock_save(Manager *m)
{
        _cleanup_free_ char *text = NULL;
        char boot_id[SD_ID128_UUID_STRING_MAX];
        sd_id128_t boot;
        int r;

        if (m->runtime_fd < 0)
                return;
        r = sd_id128_get_boot(&boot);
        if (r >= 0) {
                text = clock_export(&m->clock, sd_id128_to_uuid_string(boot, boot_id));
                r = text ? runtime_replace_file(m->runtime_fd, CLOCK_FILE, text, strlen(text), 0600) : -ENOMEM;
        }
        /* Only the next start would miss it, and it has the kernel's log as well. */
        if (r < 0)
                (void)log_error_errno(r, "Cannot keep the verdict in the runtime directory, ignoring");
}

static void clock_load(Manager *m)
{
        _cleanup_free_ char *text = NULL;
        char boot_id[SD_ID128_UUID_STRING_MAX];
        sd_id128_t boot;
        size_t size;

        if (m->runtime_fd < 0 || runtime_read_file(m->runtime_fd, CLOCK_FILE, CLOCK_FILE_MAX, &text, &size) < 0 ||
            sd_id128_get_boot(&boot) < 0)
                return;
        if (clock_import(&m->clock, text, size, sd_id128_to_uuid_string(boot, boot_id)) == -EBADMSG)
                log_message(LOG_WARNING,
                            "What an earlier tscwardend kept of the verdict is no such file and is ignored.");
}

/* Publishes what has gathered. */
static void clock_tell(Manager *m)
{
        const ClockChanges changes = m->clock_changes;
        ClockView view;

        if (changes.mask == 0)
                return;
        m->clock_changes = (ClockChanges) {};
        clock_get(&m->clock, &view);
        if (changes.mask & (CLOCK_CHANGED_VERDICT | CLOCK_CHANGED_CLOCKSOURCE | CLOCK_CHANGED_DETAILS))
                clock_save(m);
        m->clocksource_changes += (changes.mask & CLOCK_CHANGED_CLOCKSOURCE) != 0;
        manager_log_clock(m, &changes, &view);
        m->told_changes = changes;
        manager_on_clock_changed(m, &changes);
        m->told_changes = (ClockChanges) {};
}

/* After new lines, a timer or a write to current_clocksource: whatever is due. */
static void clock_look(Manager *m, bool read_sysfs)
{
        if (m->overrun || read_sysfs || clock_wants_sysfs(&m->clock))
                clock_read_sysfs(m);
        if (m->overrun)
                clock_ask_journal(m);
        clock_feed_timer(&m->clock, manager_now_usec(), &m->clock_changes);
        clock_tell(m);
        clock_arm_timer(m);
}

static int clock_on_kmsg(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
        Manager *m = userdata;
        int r = clock_drain_kmsg(m, KMSG_BATCH);

        if (r < 0) {
                (void)log_error_errno(r, "Reading /dev/kmsg failed; from now on sysfs alone is asked");
                m->witness = WITNESS_SYSFS;
                (void)sd_event_source_set_enabled(m->kmsg_source, SD_EVENT_OFF);
                (void)sd_event_source_set_enabled(m->klog_timer, SD_EVENT_ON);
        }
        /* In the middle of a storm the half-read log proves nothing yet, but a mark seen in it is looked after. */
        clock_look(m, /* read_sysfs= */ false);
        return 0;
}

static int clock_on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
        Manager *m = userdata;

        if (m->witness == WITNESS_KMSG)
                (void)clock_drain_kmsg(m, KMSG_BATCH);
        clock_look(m, /* read_sysfs= */ false);
        return 0;
}

void manager_look_at_clock(Manager *m)
{
        if (m->witness == WITNESS_KMSG)
                (void)clock_drain_kmsg(m, KMSG_BATCH);
        clock_look(m, /* read_sysfs= */ true);
}

static int clock_on_poll(sd_event_source *source, uint64_t usec, void *userdata)
{
        Manager *m = userdata;
        int r;

        if (m->witness == WITNESS_SYSLOG)
                clock_read_klog(m);
        clock_look(m, /* read_sysfs= */ true);
        r = sd_event_source_set_time_relative(m->klog_timer, KLOG_POLL_USEC);
        return r < 0 ? r : sd_event_source_set_enabled(m->klog_timer, SD_EVENT_ONESHOT);
}

static int clock_add_sources(Manager *m)
{
        int r = sd_event_add_time(m->event, &m->clock_timer, CLOCK_MONOTONIC, 0, 1000, clock_on_timer, m);

        if (r >= 0)
                r = sd_event_source_set_enabled(m->clock_timer, SD_EVENT_OFF);
        if (r >= 0)
                r = sd_event_source_set_description(m->clock_timer, "clock");
        if (r >= 0)
                r = sd_event_add_time_relative(m->event, &m->klog_timer, CLOCK_MONOTONIC, KLOG_POLL_USEC,
                                               KLOG_POLL_ACCURACY_USEC, clock_on_poll, m);
        if (r >= 0 && m->witness == WITNESS_KMSG)
                r = sd_event_source_set_enabled(m->klog_timer, SD_EVENT_OFF);
        if (r >= 0)
                r = sd_event_source_set_description(m->klog_timer, "log-poll");
        if (r >= 0 && m->witness == WITNESS_KMSG)
                r = sd_event_add_io(m->event, &m->kmsg_source, m->kmsg_fd, EPOLLIN, clock_on_kmsg, m);
        if (r >= 0 && m->kmsg_source)
                r = sd_event_source_set_description(m->kmsg_source, "kmsg");
        return r < 0 ? r : 0;
}

static void clock_drain_all(Manager *m)
{
        int r = 1;

        while (r > 0)
                r = clock_drain_kmsg(m, KMSG_BATCH);
        if (r < 0)
                m->witness = WITNESS_SYSFS;
}

/* Everything the kernel said so far. */
static void clock_replay(Manager *m)
{
        int r = kmsg_open(&m->kmsg_fd);

        if (r < 0) {
                m->kmsg_fd = -1;
                m->witness = WITNESS_SYSLOG;
                log_message(
                        LOG_WARNING, "/dev/kmsg cannot be opened (%s): the kernel's log is read every 10 s instead%s.",
                        strerror(-r),
                        r == -EPERM ? "; printk.devkmsg=off on the kernel command line, or CAP_SYSLOG is missing" : "");
                clock_read_klog(m);
                return;
        }
        clock_drain_all(m);
        /* The ring has wrapped: what it lost is told first, so all over again with the journal's lines in front. */
        if (!m->log_complete) {
                clock_init(&m->clock, &m->clock_facts);
                clock_load(m);
                bool told = journal_read_kernel(clock_on_log_line, m) > 0;

                (void)lseek(m->kmsg_fd, 0, SEEK_SET);
                m->kmsg_read = false;
                clock_drain_all(m);
                m->log_complete = told;
        }
}

static void clock_fill_facts(Manager *m, const Snapshot *snapshot)
{
        clock_facts_fill(&m->clock_facts, &m->facts, snapshot);
}

int manager_start_clock(Manager *m)
{
        ClockView view;
        int r;

        clock_fill_facts(m, NULL);
        clock_init(&m->clock, &m->clock_facts);
        clock_load(m);
        clock_replay(m);
        clock_read_sysfs(m);
        if (m->witness == WITNESS_KMSG)
                clock_drain_all(m);
        m->overrun = false;
        clock_start(&m->clock, m->log_complete, manager_now_usec());
        m->clock_changes = (ClockChanges) {};
        clock_save(m);

        /* Said once per boot: by the daemon that watched it, or by the first that came after. */
        clock_get(&m->clock, &view);
        if (view.news)
                manager_log_verdict(m, &view);
        r = clock_add_sources(m);
        clock_arm_timer(m);
        return r < 0 ? r : 0;
}

void manager_update_clock_facts(Manager *m)
{
        clock_fill_facts(m, &m->snapshot);
        clock_feed_facts(&m->clock, manager_now_usec(), &m->clock_changes);
        manager_log_advice(m);
        clock_tell(m);
}

void manager_stop_clock(Manager *m)
{
        m->kmsg_source = sd_event_source_disable_unref(m->kmsg_source);
        m->clock_timer = sd_event_source_disable_unref(m->clock_timer);
        m->klog_timer = sd_event_source_disable_unref(m->klog_timer);
        if (m->kmsg_fd >= 0)
                close(m->kmsg_fd);
        m->kmsg_fd = -1;
}
