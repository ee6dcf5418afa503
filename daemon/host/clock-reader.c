/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/clock-reader.h"

#include <errno.h>
#include <unistd.h>

#include "base/macro.h"
#include "base/time.h"
#include "host/clock-file.h"
#include "host/clocksource.h"
#include "host/journal.h"
#include "host/klog.h"
#include "host/kmsg.h"
#include "model/clock-facts.h"

/* At most so many records are read before the event loop runs again. A longer batch would delay the answer to the
 * service watchdog when much is logged. */
#define KMSG_BATCH 512

static void on_line(uint64_t usec, const char *text, void *userdata)
{
        ClockReader *reader = userdata;

        clock_feed_line(reader->clock, usec, time_usec(CLOCK_MONOTONIC), text, reader->changes);
}

/* syslog(2) returns the whole buffer each time. A line whose time stamp is not newer than that of the last reading was
 * fed before. */
static void on_klog_line(uint64_t usec, const char *text, void *userdata)
{
        ClockReader *reader = userdata;

        if (reader->klog_usec > 0 && usec <= reader->klog_usec)
                return;
        reader->klog_last_usec = usec;
        on_line(usec, text, reader);
}

static void on_overrun(ClockReader *reader)
{
        reader->overrun = true;
        reader->n_overruns++;
        clock_feed_overrun(reader->clock);
}

static void on_record(ClockReader *reader, const KmsgRecord *record)
{
        if (!reader->kmsg_read)
                reader->log_complete = record->sequence == 0;
        else if (record->sequence != reader->kmsg_sequence + 1 && !reader->overrun)
                on_overrun(reader);
        reader->kmsg_read = true;
        reader->kmsg_sequence = record->sequence;
        /* The kernel's own lines have facility 0 (LOG_KERN). Programs that write to /dev/kmsg cannot use it
         * (kernel/printk/printk.c devkmsg_write). */
        if (record->priority < 8)
                on_line(record->usec, record->text, reader);
}

int clock_reader_drain(ClockReader *reader)
{
        char buffer[KMSG_BUFFER_SIZE];

        if (reader->witness != WITNESS_KMSG)
                return 0;
        for (unsigned n = 0; n < KMSG_BATCH; n++) {
                KmsgRecord record;
                int r = kmsg_read(reader->kmsg_fd, buffer, &record);

                if (r > 0)
                        on_record(reader, &record);
                else if (r == -EPIPE)
                        on_overrun(reader);
                else if (r == 0)
                        return 0;
                else if (r != -EBADMSG)
                        return r;
        }
        return 1;
}

void clock_reader_read_klog(ClockReader *reader)
{
        if (klog_read(on_klog_line, reader) < 0)
                reader->witness = WITNESS_SYSFS;
        reader->klog_usec = reader->klog_last_usec;
}

int clock_reader_read_journal(ClockReader *reader)
{
        return journal_read_kernel(on_line, reader);
}

int clock_reader_read_sysfs(ClockReader *reader)
{
        _cleanup_free_ char *current = NULL, *available = NULL;
        int r = clocksource_read(&current, &available);

        /* The kernel prints its whole report before it removes the TSC from the list. So the lines of a report are fed
         * before the list that lacks the TSC. */
        (void)clock_reader_drain(reader);
        clock_feed_sysfs(reader->clock, &(ClockObservation) { .current = current, .available = available },
                         time_usec(CLOCK_MONOTONIC), reader->changes);
        return r;
}

static void drain_all(ClockReader *reader)
{
        int r;

        do
                r = clock_reader_drain(reader);
        while (r > 0);
        if (r < 0)
                reader->witness = WITNESS_SYSFS;
}

static void begin(ClockReader *reader, const Facts *facts, int runtime_fd)
{
        clock_init(reader->clock, facts);
        if (runtime_fd >= 0)
                reader->kept_invalid = clock_file_load(runtime_fd, reader->clock) == -EBADMSG;
}

/* Feeds everything that the kernel has logged so far. */
static void replay_log(ClockReader *reader, const Facts *facts, int runtime_fd)
{
        bool from_journal;

        reader->kmsg_error = kmsg_open(&reader->kmsg_fd);
        if (reader->kmsg_error < 0) {
                reader->witness = WITNESS_SYSLOG;
                clock_reader_read_klog(reader);
                return;
        }
        drain_all(reader);
        if (reader->log_complete)
                return;
        /* The ring buffer has lost its first lines. Starts again with the older lines from the journal. */
        begin(reader, facts, runtime_fd);
        from_journal = clock_reader_read_journal(reader) > 0;
        (void)lseek(reader->kmsg_fd, 0, SEEK_SET);
        reader->kmsg_read = false;
        drain_all(reader);
        reader->log_complete = from_journal;
}

int clock_reader_replay(ClockReader *ret, Clock *clock, const Facts *facts, ClockChanges *changes, int runtime_fd)
{
        int r;

        *ret = (ClockReader) { .clock = clock, .changes = changes, .kmsg_fd = -1 };
        begin(ret, facts, runtime_fd);
        replay_log(ret, facts, runtime_fd);
        r = clock_reader_read_sysfs(ret);
        drain_all(ret);
        ret->overrun = false;
        clock_start(clock, ret->log_complete, time_usec(CLOCK_MONOTONIC));
        *changes = (ClockChanges) {};
        return r;
}

void clock_reader_done(ClockReader *reader)
{
        if (reader->kmsg_fd >= 0)
                close(reader->kmsg_fd);
        reader->kmsg_fd = -1;
}
