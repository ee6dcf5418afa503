/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Feeds the state machine of model/verdict.h with the kernel's log and the clocksource files: all that there is so far, for tscwardend at
 * its start and for the command, and then what comes later, for tscwardend.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "model/facts.h"
#include "model/verdict.h"

/* Where lines of the kernel come from. */
typedef enum Witness {
        WITNESS_KMSG,
        WITNESS_SYSLOG, /* syslog(2), read again and again */
        WITNESS_SYSFS,  /* nowhere: the clocksource files alone */
} Witness;

typedef struct ClockReader {
        Clock *clock;          /* borrowed */
        ClockChanges *changes; /* borrowed */
        Witness witness;
        int kmsg_fd;       /* -1: it cannot be opened */
        int kmsg_error;    /* and why, -errno */
        bool kept_invalid; /* the file that an earlier tscwardend kept is none of ours */
        bool log_complete; /* the log reaches back to the boot */
        bool overrun;      /* records were lost, and perhaps the one that counts; the caller clears it */
        unsigned n_overruns;

        bool kmsg_read; /* a record was, of this number */
        uint64_t kmsg_sequence;
        uint64_t klog_usec;      /* time stamp of the last line before this reading */
        uint64_t klog_last_usec; /* and of the last one so far */
} ClockReader;

/* From clock_init() to clock_start(): what an earlier tscwardend of this boot kept in the directory runtime_fd (-1: nothing), everything that
 * the kernel has said, from /dev/kmsg, the journal where the ring has wrapped, or syslog(2), and the clocksources. The log is opened and read
 * before sysfs is, and once more after: a mark that lands in between is neither missed nor taken for something else. `facts`, the clock and the
 * changes outlive the reader. 0, or -ENOMEM: the clocksources count as unreadable. The caller ends it with clock_reader_done() in any case. */
int clock_reader_replay(ClockReader *ret, Clock *clock, const Facts *facts, ClockChanges *changes, int runtime_fd);
void clock_reader_done(ClockReader *reader);
#define _cleanup_clock_reader_ _cleanup_(clock_reader_done)

/* A batch of /dev/kmsg's new records, when that is the witness. 1: there may be more. 0: none for now. -errno: it cannot be read any more, and
 * the caller sets the witness to WITNESS_SYSFS. */
int clock_reader_drain(ClockReader *reader);
/* What syslog(2) has new. Where that fails, the clocksource files are the witness from now on. */
void clock_reader_read_klog(ClockReader *reader);
/* The clocksources, and before them what the kernel has said. 0, or -ENOMEM: they count as unreadable, which only a later reading ends. */
int clock_reader_read_sysfs(ClockReader *reader);
/* The lines of this boot that the journal has. 1: there were some. 0: none, or no journal. Or -errno. */
int clock_reader_read_journal(ClockReader *reader);
