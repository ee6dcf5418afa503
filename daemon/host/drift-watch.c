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

/* The file of `old` was removed, so no event comes from it any more. With fanotify the mark stays and keeps the inode
 * in memory. */
static void leave_stale(DriftWatch *watch, const Watched *old)
{
        if (watch->fanotify)
                watch->n_stale++;
        else
                (void)inotify_rm_watch(watch->fd, old->wd);
}

static bool is_in_scope(const SnapshotPart *part, const Watched *file)
{
        return !part || snapshot_part_has(part, &file->id);
}

/* Takes the marks of watch->files over into `fresh` (both sorted by id) and removes those of knobs of the part that are
 * not in `fresh`. Returns false if all marks have to be made anew: a file was replaced, or too many marks of removed
 * files have collected. */
static bool take_over(DriftWatch *watch, Watched *fresh, size_t n, const SnapshotPart *part)
{
        size_t at = 0;

        if (watch->n_stale > watch->n / 2 + 64)
                return false;

        for (size_t i = 0; i < watch->n; i++) {
                Watched *old = &watch->files[i];

                if (old->ino == 0 || !is_in_scope(part, old))
                        continue;
                while (at < n && knob_id_compare(&fresh[at].id, &old->id) < 0)
                        at++;
                if (file_ino(old) != old->ino) {
                        if (!part)
                                return false;
                        leave_stale(watch, old);
                        continue;
                }
                if (at < n && knob_id_compare(&fresh[at].id, &old->id) == 0)
                        fresh[at] = *old;
                else if (file_unmark(watch, old) < 0)
                        return false;
        }
        return watch->clocksource.ino == 0 || file_ino(&watch->clocksource) == watch->clocksource.ino;
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

/* Puts those of `old` outside of `part` (NULL: none) and all of `fresh` into *ret, all three sorted. Returns how many.
 */
static size_t merge(const Watched *old, size_t n_old, const SnapshotPart *part, const Watched *fresh, size_t n_fresh,
                    int (*compare)(const void *a, const void *b), Watched *ret)
{
        size_t n = 0, at = 0;

        for (size_t i = 0; i < n_old && part; i++) {
                if (is_in_scope(part, &old[i]))
                        continue;
                while (at < n_fresh && compare(&fresh[at], &old[i]) < 0)
                        ret[n++] = fresh[at++];
                ret[n++] = old[i];
        }
        while (at < n_fresh)
                ret[n++] = fresh[at++];
        return n;
}

/* Marks the files in scope that have no mark yet. 0, or the first -errno. */
static int mark_missing(DriftWatch *watch, const SnapshotPart *scope, DriftWatched watched, void *userdata)
{
        int error = 0;

        if (watch->clocksource.ino == 0)
                (void)file_mark(watch, &watch->clocksource);
        for (size_t i = 0; i < watch->n; i++) {
                int r;

                if (watch->files[i].ino != 0 || !is_in_scope(scope, &watch->files[i]))
                        continue;
                r = file_mark(watch, &watch->files[i]);
                if (r < 0 && r != -ENOENT && error == 0)
                        error = r;
                if (r == 0)
                        watched(&watch->files[i].id, userdata);
        }
        return error;
}

/* Orders by inode what is new in scope, with `room` for all of it, and keeps the order of the rest. */
static void sort_by_ino(DriftWatch *watch, const SnapshotPart *scope, Watched *room, Watched *by_ino)
{
        size_t n = 0;

        for (size_t i = 0; i < watch->n; i++)
                if (watch->files[i].ino != 0 && is_in_scope(scope, &watch->files[i]))
                        room[n++] = watch->files[i];
        if (n > 0)
                qsort(room, n, sizeof(Watched), compare_ino);
        watch->n_by_ino = merge(watch->by_ino, watch->n_by_ino, scope, room, n, compare_ino, by_ino);
        free(watch->by_ino);
        watch->by_ino = by_ino;
}

int drift_watch_set(DriftWatch *watch, const KnobId *ids, size_t n, const SnapshotPart *part, DriftWatched watched,
                    void *userdata)
{
        size_t n_max = n + (part ? watch->n : 0);
        _cleanup_free_ Watched *fresh = calloc(n_max + 1, sizeof(Watched));
        Watched *files = calloc(n_max + 1, sizeof(Watched));
        Watched *by_ino = calloc(n_max + 1, sizeof(Watched));
        const SnapshotPart *scope = part;
        int error;

        if (!fresh || !files || !by_ino) {
                free(files);
                free(by_ino);
                return -ENOMEM;
        }
        for (size_t i = 0; i < n; i++)
                fresh[i].id = ids[i];
        if (!take_over(watch, fresh, n, part)) {
                unmark_all(watch);
                for (size_t i = 0; i < n; i++)
                        fresh[i].ino = 0;
                scope = NULL;
        }
        watch->n = merge(watch->files, watch->n, part, fresh, n, knob_element_compare, files);
        free(watch->files);
        watch->files = files;
        error = mark_missing(watch, scope, watched, userdata);
        sort_by_ino(watch, scope, fresh, by_ino);
        return error;
}
