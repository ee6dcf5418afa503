/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/clock-here.h"

#include <fcntl.h>
#include <unistd.h>

#include "host/clock-reader.h"
#include "host/cpu.h"
#include "host/facts.h"
#include "model/clock-facts.h"

int clock_here_read(ClockHere *here)
{
        _cleanup_clock_reader_ ClockReader reader = { .kmsg_fd = -1 };
        ClockChanges changes = {};
        int runtime_fd, r = facts_read(&here->facts);

        if (r < 0)
                return r;
        r = cpu_ops.enumerate(NULL, &here->snapshot);
        if (r < 0)
                return r;
        clock_facts_add_snapshot(&here->facts, &here->snapshot);
        /* What a running or an earlier tscwardend has recorded; only root can read it. */
        runtime_fd = open("/run/tscwarden", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        r = clock_reader_replay(&reader, &here->clock, &here->facts, &changes, runtime_fd);
        if (runtime_fd >= 0)
                close(runtime_fd);
        clock_get(&here->clock, &here->view);
        return r;
}

void clock_here_done(ClockHere *here)
{
        facts_done(&here->facts);
        snapshot_done(&here->snapshot);
}
