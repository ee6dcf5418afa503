/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Shared by manager-drift.c, which hears of what others write and decides, manager-drift-read.c, which looks, and
 * manager-drift-log.c, which tells of it.
 */
#pragma once

#include <limits.h>

#include "host/drift-watch.h"
#include "manager/manager-internal.h"
#include "model/drift.h"

#define NO_WRITER UINT_MAX

/* A knob somebody wrote to, or may have. */
typedef struct Touched {
        KnobId id;
        unsigned writer; /* index, or NO_WRITER */
        char stood[KNOB_VALUE_SIZE]; /* as the last task left it */
        bool heard; /* else it may have been written to */
        bool stood_known;
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
        bool grouped; /* told with another */
} Report;

/* Who was last seen in a contest. */
typedef struct Opponent {
        KnobId id;
        char *writer;
} Opponent;

struct DriftKeeper {
        DriftWatch *watch;
        int watch_error, read_error; /* told */
        uint64_t retry_usec; /* when to read what could not be read; 0: nothing */
        sd_event_source *watch_source, *timer, *settle_source;
        Drift books;
        bool lost;        /* anything may have been written */
        bool repair_asked;
        bool repairing;   /* the task that runs does */

        /* What the last task left, to spare reading the whole host for one knob. */
        Snapshot kept;
        bool kept_valid;

        Touched *touched;
        size_t n_touched, touched_allocated;
        Report *reports;
        size_t n_reports, reports_allocated;
        Writer *writers;  /* of touched and reports */
        size_t n_writers, writers_allocated;
        KnobId *unchecked; /* watched since the task began */
        size_t n_unchecked, unchecked_allocated;

        /* At most so many lines in a window, and one for the rest. */
        uint64_t window_usec; /* its end; 0: none runs */
        unsigned n_lines, n_untold;
        char *last_untold;

        char *clocksource; /* when it was last written to */
        CpuSet contested;
        Opponent *opponents;
        size_t n_opponents, opponents_allocated;
        ManagerDrift told; /* during MANAGER_CHANGED_DRIFT */
        char **rivals;     /* not told yet */
};

/* A new element of an array, all zero; NULL when out of memory. */
void *drift_append(void *array, size_t *n, size_t *allocated, size_t size);
/* Somebody wrote to the knob (`heard`), or may have. */
void drift_touch(DriftKeeper *keeper, const KnobId *id, unsigned writer, bool heard);
/* By id, for qsort() and bsearch(). */
int drift_compare_touched(const void *a, const void *b);
/* `kept` becomes what stands, as far as it may have changed; `touched` has each knob once. 0 or -errno. */
int drift_refresh(Manager *m);
/* What has gathered is told, and the timer set. */
void drift_tell_and_arm(Manager *m);

const Writer *drift_writer(const DriftKeeper *keeper, unsigned i);
/* Forgets those whose contest is over. */
void drift_tidy_opponents(DriftKeeper *keeper);
/* Of everything in `reports`. */
void drift_tell_reports(Manager *m);
/* These stay as the policy has them. */
void drift_tell_over(Manager *m, const KnobId *ids, size_t n);
void drift_tell_clocksource(Manager *m, const Writer *writer);
/* The line for those that were not told one by one, when it is due. */
void drift_tell_rest(Manager *m, uint64_t now_usec);
void drift_tell_rivals(Manager *m);
