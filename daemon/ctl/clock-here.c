/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctl/clock-here.h"

#include <fcntl.h>
#include <unistd.h>

#include "host/clock-reader.h"
#include "model/facts.h"

int clock_here_read(Clock *clock, const Facts *facts)
{
        _cleanup_clock_reader_ ClockReader reader;
        ClockChanges changes = {};
        /* What a running or an earlier tscwardend has recorded; only root can read it. */
        int runtime_fd = open("/run/tscwarden", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        int r = clock_reader_replay(&reader, clock, facts, &changes, runtime_fd);

        if (runtime_fd >= 0)
                close(runtime_fd);
        return r;
}
