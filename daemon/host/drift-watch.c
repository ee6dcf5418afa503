/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/drift-watch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fanotify.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/drift-watch-internal.h"

#define CPU_DIR "/sys/devices/system/cpu/"
#define CLOCKSOURCE_FILE "/sys/devices/system/clocksource/clocksource0/current_clocksource"

int drift_watch_open_fanotify(void)
{
        unsigned flags = FAN_CLASS_NOTIF | FAN_UNLIMITED_MARKS | FAN_NONBLOCK | FAN_CLOEXEC;
        int fd = fanotify_init(flags | FAN_REPORT_PIDFD, O_RDONLY | O_CLOEXEC | O_LARGEFILE);
        /* Linux before 5.15 does not know FAN_REPORT_PIDFD. */
        if (fd < 0 && errno == EINVAL)
                fd = fanotify_init(flags, O_RDONLY | O_CLOEXEC | O_LARGEFILE);
        return fd;
}

int drift_watch_new(int fanotify, pid_t self, DriftWatch **ret)
{
        int fd = fanotify >= 0 ? fanotify : inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
        DriftWatch *watch;

        if (fd < 0)
                return -errno;
        watch = malloc(sizeof(*watch));
        if (!watch) {
                close(fd);
                return -ENOMEM;
        }
        *watch = (DriftWatch) {
                .fd = fd, .self = self, .fanotify = fanotify >= 0, .clocksource.id.knob = KNOB_INVALID_
        };
        *ret = watch;
        return 0;
}

DriftWatch *drift_watch_free(DriftWatch *watch)
{
        close(watch->fd);
        free(watch->files);
        free(watch->by_ino);
        snapshot_part_done(&watch->scope);
        free(watch);
        return NULL;
}

bool drift_watch_names_writers(const DriftWatch *watch)
{
        return watch->fanotify;
}

int drift_watch_get_fd(const DriftWatch *watch)
{
        return watch->fd;
}

const KnobId *drift_watch_get(const DriftWatch *watch, size_t i)
{
        return i < watch->n ? &watch->files[i].id : NULL;
}

static void file_path(const Watched *file, char path[static sizeof(CPU_DIR) + KNOB_NAME_SIZE])
{
        char knob[KNOB_NAME_SIZE];

        if (file->id.knob == KNOB_INVALID_)
                strcpy(path, CLOCKSOURCE_FILE);
        else
                strcat(strcpy(path, CPU_DIR), knob_path_format(&file->id, knob));
}

static uint64_t path_ino(const char *path)
{
        struct stat st;

        return stat(path, &st) < 0 ? 0 : st.st_ino;
}

/* The inode of the file that has this path now; 0: there is none. */
static uint64_t file_ino(const Watched *file)
{
        char path[sizeof(CPU_DIR) + KNOB_NAME_SIZE];

        file_path(file, path);
        return path_ino(path);
}

bool drift_watch_is_replaced(const DriftWatch *watch, const KnobId *id)
{
        const Watched *file =
                watch->n > 0 ? bsearch(id, watch->files, watch->n, sizeof(Watched), knob_element_compare) : NULL;

        return !file || file->ino == 0 || file_ino(file) != file->ino;
}

static int file_mark(const DriftWatch *watch, Watched *file)
{
        char path[sizeof(CPU_DIR) + KNOB_NAME_SIZE];

        file_path(file, path);
        if (watch->fanotify) {
                if (fanotify_mark(watch->fd, FAN_MARK_ADD, FAN_MODIFY, AT_FDCWD, path) < 0)
                        return -errno;
        } else {
                file->wd = inotify_add_watch(watch->fd, path, IN_MODIFY);
                if (file->wd < 0)
                        return -errno;
        }
        file->ino = path_ino(path);
        return 0;
}

/* 0, or -errno: the file was removed and its mark stays. sysfs does not report that it removes a file. */
static int file_unmark(const DriftWatch *watch, Watched *file)
{
        char path[sizeof(CPU_DIR) + KNOB_NAME_SIZE];

        file_path(file, path);
        if (watch->fanotify && fanotify_mark(watch->fd, FAN_MARK_REMOVE, FAN_MODIFY, AT_FDCWD, path) < 0)
                return -errno;
        if (!watch->fanotify && inotify_rm_watch(watch->fd, file->wd) < 0)
                return -errno;
        file->ino = 0;
        return 0;
}

static void unmark_all(DriftWatch *watch)
{
        if (watch->fanotify)
                (void)fanotify_mark(watch->fd, FAN_MARK_FLUSH, 0, AT_FDCWD, NULL);
        for (size_t i = 0; i < watch->n; i++) {
                if (!watch->fanotify && watch->files[i].ino)
                        (void)inotify_rm_watch(watch->fd, watch->files[i].wd);
                watch->files[i].ino = 0;
        }
        if (!watch->fanotify && watch->clocksource.ino)
                (void)inotify_rm_watch(watch->fd, watch->clocksource.wd);
        watch->clocksource.ino = 0;
        watch->n_stale = 0;
}

/* The file was removed, so no event comes from it any more. With fanotify its mark stays and keeps the inode in
 * memory. */
static void leave_stale(DriftWatch *watch, Watched *file)
{
        if (watch->fanotify)
                watch->n_stale++;
        else
                (void)inotify_rm_watch(watch->fd, file->wd);
        file->ino = 0;
}

static bool is_in_scope(const DriftWatch *watch, const Watched *file)
{
        return watch->whole || snapshot_part_has(&watch->scope, &file->id);
}

static int compare_ino(const void *a, const void *b)
{
        const Watched *one = a, *other = b;

        return one->ino < other->ino ? -1 : one->ino > other->ino;
}

Watched *drift_watch_find_ino(const DriftWatch *watch, uint64_t ino)
{
        const Watched key = { .ino = ino };

        return watch->n_by_ino > 0 ? bsearch(&key, watch->by_ino, watch->n_by_ino, sizeof(Watched), compare_ino) : NULL;
}

/* Puts those of by_ino outside of the scope, and all of `fresh`, into *ret. All three are in order. Returns how
 * many. */
static size_t merge_by_ino(const DriftWatch *watch, const Watched *fresh, size_t n_fresh, Watched *ret)
{
        size_t n = 0, at = 0;

        for (size_t i = 0; i < watch->n_by_ino && !watch->whole; i++) {
                const Watched *rest = &watch->by_ino[i];

                if (is_in_scope(watch, rest))
                        continue;
                while (at < n_fresh && compare_ino(&fresh[at], rest) < 0)
                        ret[n++] = fresh[at++];
                ret[n++] = *rest;
        }
        while (at < n_fresh)
                ret[n++] = fresh[at++];
        return n;
}

int drift_watch_order(DriftWatch *watch)
{
        _cleanup_free_ Watched *fresh = NULL;
        Watched *by_ino;
        size_t n = 0;

        if (!watch->unordered)
                return 0;
        fresh = calloc(watch->n + 1, sizeof(Watched));
        by_ino = calloc(watch->n + 1, sizeof(Watched));
        if (!fresh || !by_ino) {
                free(by_ino);
                return -ENOMEM;
        }
        for (size_t i = 0; i < watch->n; i++)
                if (watch->files[i].ino != 0 && is_in_scope(watch, &watch->files[i]))
                        fresh[n++] = watch->files[i];
        qsort(fresh, n, sizeof(Watched), compare_ino);
        watch->n_by_ino = merge_by_ino(watch, fresh, n, by_ino);
        free(watch->by_ino);
        watch->by_ino = by_ino;
        watch->unordered = false;
        return 0;
}

/* Puts the known files and those of `ids` into *ret, all in order, and notes which of those in scope are wanted.
 * Returns how many. */
static size_t merge_wanted(const DriftWatch *watch, const KnobId *ids, size_t n_ids, Watched *ret)
{
        size_t n = 0, at = 0;

        for (size_t i = 0; i < watch->n; i++) {
                const Watched *known = &watch->files[i];
                bool is_wanted;

                while (at < n_ids && knob_element_compare(&ids[at], known) < 0)
                        ret[n++] = (Watched) { .id = ids[at++], .wanted = true };
                is_wanted = at < n_ids && knob_element_compare(&ids[at], known) == 0;
                at += is_wanted;
                ret[n] = *known;
                ret[n].wanted = is_wanted || (known->wanted && !is_in_scope(watch, known));
                n++;
        }
        while (at < n_ids)
                ret[n++] = (Watched) { .id = ids[at++], .wanted = true };
        return n;
}

int drift_watch_set(DriftWatch *watch, const KnobId *ids, size_t n, const SnapshotPart *part)
{
        bool unfinished = watch->next < watch->n || watch->unordered;
        /* If all files are visited anyway, they can as well be marked again. */
        bool anew = watch->n_stale > (part ? watch->n / 2 + 64 : 0);
        Watched *files = calloc(watch->n + n + 1, sizeof(Watched));

        if (!files || (part && snapshot_part_copy(&watch->scope, part) < 0)) {
                free(files);
                return -ENOMEM;
        }
        watch->whole = !part;
        watch->n = merge_wanted(watch, ids, n, files);
        free(watch->files);
        watch->files = files;
        if (anew)
                unmark_all(watch);
        watch->whole = watch->whole || anew || unfinished;
        watch->unordered = true;
        watch->next = 0;
        watch->error = 0;
        if (watch->clocksource.ino == 0 || file_ino(&watch->clocksource) != watch->clocksource.ino)
                (void)file_mark(watch, &watch->clocksource);
        return 0;
}

/* Marks the file, or checks or removes its mark. */
static void bring_up_to_date(DriftWatch *watch, Watched *file, DriftWatched watched, void *userdata)
{
        int r;

        if (file->ino != 0 && !file->wanted && file_unmark(watch, file) < 0)
                leave_stale(watch, file);
        if (file->ino != 0 && file_ino(file) != file->ino)
                leave_stale(watch, file);
        if (file->ino != 0 || !file->wanted)
                return;
        r = file_mark(watch, file);
        if (r < 0 && r != -ENOENT && watch->error == 0)
                watch->error = r;
        if (r == 0)
                watched(&file->id, userdata);
}

static void drop_unwanted(DriftWatch *watch)
{
        size_t n = 0;
        Watched *files;

        for (size_t i = 0; i < watch->n; i++)
                if (watch->files[i].wanted)
                        watch->files[n++] = watch->files[i];
        watch->n = watch->next = n;
        files = reallocarray(watch->files, n + 1, sizeof(Watched));
        if (files)
                watch->files = files;
}

int drift_watch_go_on(DriftWatch *watch, size_t n, DriftWatched watched, void *userdata)
{
        int r;

        for (; watch->next < watch->n; watch->next++) {
                Watched *file = &watch->files[watch->next];

                if (!is_in_scope(watch, file))
                        continue;
                if (n-- == 0)
                        return 1;
                watch->unordered = true;
                bring_up_to_date(watch, file, watched, userdata);
        }
        drop_unwanted(watch);
        r = drift_watch_order(watch);
        return watch->error < 0 ? watch->error : r;
}
