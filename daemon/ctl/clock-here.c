/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/clock-here.h"

#include <errno.h>
#include <fcntl.h>
#include <systemd/sd-id128.h>
#include <unistd.h>

#include "base/time.h"
#include "host/clocksource.h"
#include "host/journal.h"
#include "host/klog.h"
#include "host/kmsg.h"
#include "host/runtime.h"
#include "model/clock-facts.h"

#define KEPT_MAX 8192U

typedef struct Replay {
        Clock *clock;
        uint64_t now;
        ClockChanges changes; /* told to nobody */
} Replay;

static void on_line(uint64_t usec, const char *text, void *userdata)
{
        Replay *replay = userdata;

        clock_feed_line(replay->clock, usec, replay->now, text, &replay->changes);
}

/* The file `clock` of a tscwardend that runs or ran; for root. */
static void load_kept(Clock *clock)
{
        _cleanup_free_ char *text = NULL;
        char boot_id[SD_ID128_UUID_STRING_MAX];
        int fd = open("/run/tscwarden", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        sd_id128_t boot;
        size_t size;

        if (fd < 0)
                return;
        if (runtime_read_file(fd, "clock", KEPT_MAX, &text, &size) == 0 && sd_id128_get_boot(&boot) >= 0)
                (void)clock_import(clock, text, size, sd_id128_to_uuid_string(boot, boot_id));
        close(fd);
}

/* *ret_first: the sequence number of the first record. 0, or -errno when the log cannot be read. */
static int feed_kmsg(Replay *replay, uint64_t *ret_first)
{
        char buffer[KMSG_BUFFER_SIZE];
        KmsgRecord record;
        bool any = false;
        int fd, r = kmsg_open(&fd);

        if (r < 0)
                return r;
        while ((r = kmsg_read(fd, buffer, &record)) != 0) {
                if (r == -EPIPE || r == -EBADMSG)
                        continue;
                if (r < 0)
                        break;
                if (!any)
                        *ret_first = record.sequence;
                any = true;
                if (record.priority < 8)
                        on_line(record.usec, record.text, replay);
        }
        close(fd);
        return r;
}

static int feed_sysfs(Replay *replay)
{
        _cleanup_free_ char *current = NULL, *available = NULL;
        int r = clocksource_read(&current, &available);

        if (r < 0)
                return r;
        clock_feed_sysfs(replay->clock, &(ClockObservation) { current, available }, replay->now, &replay->changes);
        return 0;
}

int clock_here_read(Clock *clock)
{
        const ClockFacts *facts = clock->facts;
        Replay replay = { .clock = clock, .now = time_usec(CLOCK_MONOTONIC) };
        uint64_t first = 0;
        bool complete;
        int r;

        load_kept(clock);
        r = feed_kmsg(&replay, &first);
        complete = r == 0 && first == 0;
        if (r < 0)
                complete = klog_read(on_line, &replay) == 0;
        else if (!complete) {
                /* What the ring has lost comes first, so all over again. */
                clock_init(clock, facts);
                load_kept(clock);
                complete = journal_read_kernel(on_line, &replay) > 0;
                (void)feed_kmsg(&replay, &first);
        }
        r = feed_sysfs(&replay);
        clock_start(clock, complete, replay.now);
        return r;
}
