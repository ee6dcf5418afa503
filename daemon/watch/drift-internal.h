/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Shared by the files of the drift monitor. Each calls only those after it: drift-task.c (a task begins and ends),
 * drift.c (another program wrote), drift-judge.c (decides), drift-read.c (reads the knobs), drift-log.c (reports),
 * drift-kit.c.
 */
#pragma once

#include <limits.h>
#include <systemd/sd-event.h>

#include "host/cpu.h"
#include "host/drift-watch.h"
#include "model/drift.h"
#include "model/knob.h"
#include "model/snapshot-part.h"
#include "model/writer.h"
#include "watch/drift-types.h"

#define NO_WRITER UINT_MAX

/* The kernel reports a write after it has carried it out, so the new value can be read before the report, with its
 * writer, comes. */
#define REPORT_WAIT_USEC 200000

/* A knob that somebody has written, or may have written. */
typedef struct Touched {
        KnobId id;                  /* first, for knob_element_compare() */
        unsigned writer;            /* index into the writers, or NO_WRITER */
        char left[KNOB_VALUE_SIZE]; /* value after the last task */
        bool heard;                 /* false: it may have been written */
        bool found;                 /* found by drift_compare(): the value has changed, and no write was reported */
        bool left_known;
} Touched;

typedef enum ReportKind {
        REPORT_DRIFT,
        REPORT_CONTEST, /* a contest begins */
        REPORT_AGAIN,   /* a contest goes on: lists and signals show it */
        REPORT_LIMITED,
} ReportKind;

/* Reported when the repair has ended. */
typedef struct Report {
        ReportKind kind;
        KnobId id;
        unsigned writer;
        char wanted[KNOB_VALUE_SIZE], actual[KNOB_VALUE_SIZE];
        bool repaired;
        uint64_t due_usec; /* so long its writer may still be reported; 0: it was, or is not waited for */
        bool grouped;      /* the log line of another report covers it */
} Report;

/* The writer that was last seen in a contest. */
typedef struct Opponent {
        KnobId id;
        char *writer;
} Opponent;

struct DriftMonitor {
        const CpuOps *ops;
        void *ops_userdata;
        const DriftCallbacks *callbacks;
        void *userdata;

        bool busy;        /* a task runs, or a repair is about to start */
        bool stopped;     /* the daemon is about to end */
        bool in_force;    /* the policy is in force, as the last task left it */
        bool fragile_tsc; /* values after the last task */
        DriftWatch *watch;
        int watch_error, read_error; /* contests that were logged */
        uint64_t retry_usec;         /* when to read again what could not be read; 0: nothing to read */
        sd_event_source *watch_source, *timer, *look_source, *post_source, *compare_source;
        uint64_t compare_usec; /* when the knobs may be compared again */
        bool comparing;        /* slice by slice */
        size_t n_compared;     /* of this round, so far */
        uint64_t compare_took_usec;
        uint64_t found_usec; /* until then the report of a write that was found is waited for; 0: none was found */
        Drift accounts;
        bool lost; /* events were lost: any knob may have been written */

        /* The host after the last task, so that one knob can be judged without reading everything. */
        Snapshot kept;
        bool kept_valid;

        Touched *touched;
        size_t n_touched;
        Report *reports;
        size_t n_reports;
        Writer *writers; /* writers that `touched` and `reports` refer to */
        size_t n_writers;
        KnobId *unchecked; /* files that are newly watched since the task began */
        size_t n_unchecked;

        /* At most so many lines in a window, and one line that counts the rest. */
        uint64_t window_usec; /* end of the window; 0: there is none */
        unsigned n_lines, n_held_back;
        char *last_held_back;

        char *clocksource; /* its name when it was last written; NULL: never */
        CpuSet contested;
        Opponent *opponents;
        size_t n_opponents;
};

/* Returns a new element of an array, all zero, or NULL when out of memory. `array` is the address of the pointer to
 * it. */
void *drift_append(void *array, size_t *n, size_t size);
/* Records that somebody has written (`heard`), or may have written, the knob. Returns the new element, or NULL when out
 * of memory: then `lost` is set. */
Touched *drift_touch(DriftMonitor *d, const KnobId *id, unsigned writer, bool heard);
/* Keeps each knob of `touched` once, in order, with its writer if one is known. */
void drift_sort_touched(DriftMonitor *d);
/* Updates `kept` wherever it may have changed; afterwards `touched` has each knob once. *ret_part gets what was read;
 * it stays empty if that was the whole host. 0 or -errno. */
int drift_refresh(DriftMonitor *d, SnapshotPart *ret_part);
/* Adds those of the next `n` watched knobs to `touched`, as `found`, whose value is not the one that the last task
 * left. A knob that cannot be read is skipped. Whether there are more to compare in this round. */
bool drift_compare(DriftMonitor *d, size_t n);
/* All knobs have just been read; this took so long. Sets the time when they may be compared again. */
void drift_was_compared(DriftMonitor *d, uint64_t took_usec);
/* Judges these knobs, sorted and each once, by the plan that would bring the policy back. `host` has their present
 * values. `steps_only`: leaves the account of a knob as it is that the plan would not set. *ret_repair: whether that
 * plan is to be carried out. 0 or -ENOMEM. */
int drift_judge(DriftMonitor *d, const Snapshot *host, const Plan *plan, const Touched *touched, size_t n,
                bool steps_only, bool *ret_repair);
/* Reports what has collected, unless a writer may still be reported, and sets the timer. */
void drift_tell_and_arm(DriftMonitor *d);

/* The index of this writer among the kept ones; NO_WRITER: it is not known, or too many are. */
unsigned drift_keep_writer(DriftMonitor *d, const Writer *writer);
const Writer *drift_writer(const DriftMonitor *d, unsigned i);
/* Forgets contests that are over. */
void drift_tidy_opponents(DriftMonitor *d);
/* How long the reports wait for the writer of one of them; 0: they do not. */
uint64_t drift_reports_due(const DriftMonitor *d);
/* Logs everything in `reports`. */
void drift_tell_reports(DriftMonitor *d);
/* Logs the knobs of an ended contest, which now keep the policy's values. */
void drift_tell_over(DriftMonitor *d, const KnobId *ids, size_t n);
void drift_tell_clocksource(DriftMonitor *d, const Writer *writer);
/* Logs the line that counts the suppressed ones, when it is due. */
void drift_tell_rest(DriftMonitor *d, uint64_t now_usec);
