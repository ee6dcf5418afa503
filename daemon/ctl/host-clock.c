/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/host-clock.h"

#include <errno.h>
#include <time.h>
#include <unistd.h>

#include "base/macro.h"
#include "host/clocksource.h"
#include "host/journal.h"
#include "host/klog.h"
#include "host/kmsg.h"

static uint64_t now_usec(void)
{
        struct timespec now;

        (void)clock_gettime(CLOCK_MONOTONIC, &now);
        return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static void on_line(uint64_t usec, const char *text, void *userdata)
{
        ClockChanges unheard = {};

        clock_feed_line(userdata, usec, now_usec(), text, &unheard);
}

/* True when the ring still has the boot's first line. */
static bool read_kmsg(Clock *clock, int fd)
{
        char buffer[KMSG_BUFFER_SIZE];
        bool complete = false, first = true;
        KmsgRecord record;
        int r;

        while ((r = kmsg_read(fd, buffer, &record)) != 0) {
                if (r == -EBADMSG || r == -EPIPE)
                        continue;
                if (r < 0)
                        return false;
                if (first)
                        complete = record.sequence == 0;
                first = false;
                /* LOG_KERN is facility 0: programs that write to /dev/kmsg are given another (kernel/printk/printk.c). */
                if (record.priority < 8)
                        on_line(record.usec, record.text, clock);
        }
        return complete;
}

static bool read_log(const ClockFacts *facts, Clock *clock)
{
        bool complete;
        int fd;

        if (kmsg_open(&fd) < 0) {
                (void)klog_read(on_line, clock);
                return false;
        }
        complete = read_kmsg(clock, fd);
        if (!complete) {
                /* What the ring has lost comes first. */
                clock_init(clock, facts);
                complete = journal_read_kernel(on_line, clock) > 0;
                (void)lseek(fd, 0, SEEK_SET);
                (void)read_kmsg(clock, fd);
        }
        (void)close(fd);
        return complete;
}

void host_clock_read(const ClockFacts *facts, Clock *ret)
{
        _cleanup_free_ char *current = NULL, *available = NULL;
        ClockChanges unheard = {};
        bool complete;

        clock_init(ret, facts);
        complete = read_log(facts, ret);
        (void)clocksource_read(&current, &available);
        clock_feed_sysfs(ret, &(ClockObservation) { .current = current, .available = available }, now_usec(), &unheard);
        clock_start(ret, complete, now_usec());
}
