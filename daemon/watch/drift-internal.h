/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Shared by the files of the drift monitor. Each calls only those after it: drift-task.c (a task begins and ends), drift.c (another
 * program wrote), drift-judge.c (decides), drift-read.c (reads the knobs), drift-log.c (reports), drift-kit.c.
 */
#pragma once

#include <limits.h>
#include <systemd/sd-event.h>

#include "host/cpu.h"
#include "host/drift-watch.h"
#include "model/drift.h"
#include "model/knob.h"
#include "model/writer.h"
#include "watch/drift-types.h"

#define NO_WRITER UINT_MAX

/* A knob somebody wrote to, or may have. */
typedef struct Touched {
        KnobId id;                  /* first, for knob_element_compare() */
        unsigned writer;            /* index, or NO_WRITER */
        char left[KNOB_VALUE_SIZE]; /* as the last task left it */
        bool heard;                 /* else it may have been written to */
        bool found;                 /* by drift_compare(): its value has changed, by a writer or by the kernel */
        bool left_known;
} Touched;

typedef enum ReportKind {
        REPORT_DRIFT,
        REPORT_CONTEST, /* one begins */
        REPORT_AGAIN,   /* one goes on: the lists and signals have it */
        REPORT_LIMITED,
} ReportKind;

/* Told when the repair is through. */
typedef struct Report {
        ReportKind kind;
        KnobId id;
        unsigned writer;
        char wanted[KNOB_VALUE_SIZE], actual[KNOB_VALUE_SIZE];
        bool repaired;
        bool grouped; /* the line of another report covers it */
} Report;

/* Who was last seen in a contest. */
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
        bool in_force;    /* the policy is: as the last task left it */
        bool fragile_tsc; /* as of the last task */
        DriftWatch *watch;
        int watch_error, read_error; /* that were logged */
        uint64_t retry_usec;         /* when to read what could not be read; 0: nothing */
        sd_event_source *watch_source, *timer, *look_source, *post_source;
        uint64_t compare_usec; /* when the knobs may be compared again */
        bool compare_due;      /* something happened before that */
        Drift accounts;
        bool lost; /* anything may have been written */

        /* What the last task left, to spare reading the whole host for one knob. */
        Snapshot kept;
        bool kept_valid;

        Touched *touched;
        size_t n_touched;
        Report *reports;
        size_t n_reports;
        Writer *writers; /* of touched and reports */
        size_t n_writers;
        KnobId *unchecked; /* watched since the task began */
        size_t n_unchecked;

        /* At most so many lines in a window, and one for the rest. */
        uint64_t window_usec; /* its end; 0: none runs */
        unsigned n_lines, n_held_back;
        char *last_held_back;

        char *clocksource; /* when it was last written to */
        CpuSet contested;
        Opponent *opponents;
        size_t n_opponents;
};

/* A new element of an array, all zero, or NULL when out of memory. `array` is the address of the pointer to it. */
void *drift_append(void *array, size_t *n, size_t size);
/* Somebody wrote to the knob (`heard`), or may have. The new element, or NULL when out of memory: then `lost` is set. */
Touched *drift_touch(DriftMonitor *deeper, const KnobId *id, unsigned writer, bool heard);
/* `kept` becomes what stands, as far as it may have changed; `touched` has each knob once. 0 or -errno. */
int drift_refresh(DriftMonitor *d);
/* Touches the watched knobs that read otherwise than they were left, as `found`. One that cannot be read is left out. */
void drift_compare(DriftMonitor *d);
/* All of them have been read just now, which took so long: sets when they may be compared next. */
void drift_was_compared(DriftMonitor *d, uint64_t took_usec);
/* Judges `touched`, which drift_refresh() has read, by the plan that would bring the policy back. *ret_repair becomes true when it is to
 * be carried out. 0 or -ENOMEM. */
int drift_judge(DriftMonitor *d, const Plan *plan, bool *ret_repair);
/* What has gathered is told, and the timer set. */
void drift_tell_and_arm(DriftMonitor *d);

const Writer *drift_writer(const DriftMonitor *deeper, unsigned i);
/* Forgets those whose contest is over. */
void drift_tidy_opponents(DriftMonitor *deeper);
/* Of everything in `reports`. */
void drift_tell_reports(DriftMonitor *d);
/* These stay as the policy has them. */
void drift_tell_over(DriftMonitor *d, const KnobId *ids, size_t n);
void drift_tell_clocksource(DriftMonitor *d, const Writer *writer);
/* The line for those that were held back, when it is due. */
void drift_tell_rest(DriftMonitor *d, uint64_t now_usec);
