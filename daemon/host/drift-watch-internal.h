/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The watch's own: for drift-watch*.c only.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "host/writer.h"
#include "model/knob.h"
#include "model/snapshot-part.h"

/* So many writers of a batch are kept, so that each is looked up only once. */
#define WRITERS_MAX 16

typedef struct Watched {
        KnobId id;
        int wd : 30;         /* inotify's, which counts up from 1 */
        unsigned wanted : 1; /* otherwise drift_watch_go_on() ends the watch */
        uint64_t ino;        /* 0: not watched */
} Watched;

struct DriftWatch {
        int fd;
        pid_t self;
        bool fanotify;
        Watched clocksource;
        Watched *files; /* sorted by id */
        size_t n;
        Watched *by_ino; /* those of `files` that are watched, sorted by ino */
        size_t n_by_ino;
        /* What the last drift_watch_set() is about; `whole`: all files. */
        SnapshotPart scope;
        bool whole;
        size_t next;                 /* of `files`: the first that drift_watch_go_on() has not reached */
        bool unordered;              /* by_ino is not that of `files` */
        int error;                   /* of drift_watch_go_on(), so far */
        size_t n_stale;              /* marks of files that were removed; they end only when all marks are removed */
        Writer writers[WRITERS_MAX]; /* of this batch */
        unsigned n_writers;
};

/* Brings by_ino up to date. 0 or -ENOMEM. */
int drift_watch_order(struct DriftWatch *watch);
/* The watched file with this inode; NULL: none. */
Watched *drift_watch_find_ino(const struct DriftWatch *watch, uint64_t ino);
