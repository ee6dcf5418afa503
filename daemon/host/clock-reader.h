/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Feeds the state machine of model/verdict.h with the kernel's log and the clocksource files: first with everything
 * that is there (tscwardend at its start, and the command `tscwarden`), then with what comes later (tscwardend).
 * model/kernel-line.c recognises a line, model/verdict.c makes a verdict of it.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "model/facts.h"
#include "model/verdict.h"

/* Where the kernel's lines are read. */
typedef enum Witness {
        WITNESS_KMSG,
        WITNESS_SYSLOG, /* syslog(2), polled */
        WITNESS_SYSFS,  /* no log at all, only the clocksource files */
} Witness;

typedef struct ClockReader {
        Clock *clock;          /* borrowed */
        ClockChanges *changes; /* borrowed */
        Witness witness;
        int kmsg_fd;       /* -1: /dev/kmsg cannot be opened */
        int kmsg_error;    /* -errno of opening it */
        bool kept_invalid; /* the file that an earlier tscwardend saved does not have our format */
        bool log_complete; /* the log reaches back to the boot */
        bool overrun;      /* records were overwritten before they were read; the caller clears this */
        unsigned n_overruns;

        bool kmsg_read; /* a record has been read */
        uint64_t kmsg_sequence;
        uint64_t klog_usec;      /* time stamp of the last line of earlier readings */
        uint64_t klog_last_usec; /* time stamp of the last line so far */
} ClockReader;

/* Initialises `clock` and starts it (clock_init(), clock_start()). In between it feeds what an earlier tscwardend of
 * this boot saved in the directory runtime_fd (-1: nothing), everything that the kernel has logged (from /dev/kmsg,
 * from the journal if the ring has lost lines, or from syslog(2)), and the clocksources. It reads the log before sysfs
 * and once more afterwards, so that it sees a mark that the kernel makes in between. `facts`, the clock and the changes
 * must outlive the reader. 0, or -ENOMEM: then the clocksources count as unreadable. In both cases the caller ends the
 * reader with clock_reader_done(). */
int clock_reader_replay(ClockReader *ret, Clock *clock, const Facts *facts, ClockChanges *changes, int runtime_fd);
void clock_reader_done(ClockReader *reader);
#define _cleanup_clock_reader_ _cleanup_(clock_reader_done)

/* Reads a batch of new records if /dev/kmsg is the witness. 1: there may be more. 0: none for now. -errno: it can no
 * longer be read, and the caller sets the witness to WITNESS_SYSFS. */
int clock_reader_drain(ClockReader *reader);
/* Reads the new lines of syslog(2). If that fails, the clocksource files are the witness from now on. */
void clock_reader_read_klog(ClockReader *reader);
/* Reads the clocksources, feeds the lines that the kernel has logged meanwhile, and then the clocksources. 0, or
 * -ENOMEM: they count as unreadable until a later reading succeeds. */
int clock_reader_read_sysfs(ClockReader *reader);
/* Reads the lines of this boot from the journal. 1: there were some. 0: none, or no journal. Or -errno. */
int clock_reader_read_journal(ClockReader *reader);
