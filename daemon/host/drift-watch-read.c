/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What fanotify, or inotify, reports.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/fanotify.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "host/drift-watch-internal.h"
#include "host/drift-watch.h"

/* Bytes that one read(2) takes. It bounds how many descriptors are open at once: each event of fanotify comes with one
 * or two. */
#define READ_SIZE 1024
/* At most so many reads before the event loop runs again: a program may write without a pause. */
#define READS_MAX 64

static const Writer *look_up(DriftWatch *watch, pid_t pid, int pidfd)
{
        for (unsigned i = 0; i < watch->n_writers; i++)
                if (watch->writers[i].pid == pid)
                        return &watch->writers[i];
        /* Further writers share the last place. */
        if (watch->n_writers < WRITERS_MAX)
                watch->n_writers++;
        Writer *writer = &watch->writers[watch->n_writers - 1];
        writer_read(pid, pidfd, writer);
        return writer;
}

static int event_pidfd(const struct fanotify_event_metadata *event)
{
        const struct fanotify_event_info_pidfd *info = (const void *)(event + 1);

        return event->event_len >= sizeof(*event) + sizeof(*info) && info->hdr.info_type == FAN_EVENT_INFO_TYPE_PIDFD ?
                       info->pidfd :
                       -1;
}

/* The descriptors that came with the events of one read. */
typedef struct Descriptors {
        int fds[2 * READ_SIZE / FAN_EVENT_METADATA_LEN];
        unsigned n;
} Descriptors;

static int compare_fd(const void *a, const void *b)
{
        return *(const int *)a - *(const int *)b;
}

/* Closes descriptors with consecutive numbers by one call. Most have them, because the kernel gives each the lowest
 * free number. */
static void close_all(Descriptors *descriptors)
{
        const int *fds = descriptors->fds;

        qsort(descriptors->fds, descriptors->n, sizeof(int), compare_fd);
        for (unsigned first = 0, behind; first < descriptors->n; first = behind) {
                for (behind = first + 1; behind < descriptors->n && fds[behind] == fds[behind - 1] + 1;)
                        behind++;
                if (syscall(SYS_close_range, fds[first], fds[behind - 1], 0) == 0)
                        continue;
                /* Linux before 5.9 does not have close_range(2). */
                for (unsigned i = first; i < behind; i++)
                        (void)close(fds[i]);
        }
}

static int take_fanotify(DriftWatch *watch, const char *buffer, size_t size, DriftSeen seen, void *userdata)
{
        const struct fanotify_event_metadata *event = (const void *)buffer;
        ssize_t left = (ssize_t)size;
        Descriptors open = {};
        int lost = 0;

        for (; FAN_EVENT_OK(event, left); event = FAN_EVENT_NEXT(event, left)) {
                int pidfd = event_pidfd(event);
                Watched *file = NULL;
                struct stat st;

                if (event->vers != FANOTIFY_METADATA_VERSION || event->mask & FAN_Q_OVERFLOW)
                        lost = 1;
                if (event->fd >= 0) {
                        bool known = event->pid != watch->self && fstat(event->fd, &st) == 0;

                        if (known && st.st_ino == watch->clocksource.ino)
                                file = &watch->clocksource;
                        else if (known)
                                file = drift_watch_find_ino(watch, st.st_ino);
                        open.fds[open.n++] = event->fd;
                }
                if (file)
                        seen(file == &watch->clocksource ? NULL : &file->id, look_up(watch, event->pid, pidfd),
                             userdata);
                if (pidfd >= 0)
                        open.fds[open.n++] = pidfd;
        }
        close_all(&open);
        return lost;
}

static int take_inotify(DriftWatch *watch, const char *buffer, size_t size, DriftSeen seen, void *userdata)
{
        const Writer nobody = {};
        int lost = 0;

        for (size_t at = 0; at + sizeof(struct inotify_event) <= size;) {
                const struct inotify_event *event = (const void *)(buffer + at);

                at += sizeof(*event) + event->len;
                if (event->mask & IN_Q_OVERFLOW)
                        lost = 1;
                if (!(event->mask & IN_MODIFY))
                        continue;
                if (watch->clocksource.ino && event->wd == watch->clocksource.wd)
                        seen(NULL, &nobody, userdata);
                for (size_t i = 0; i < watch->n; i++)
                        if (watch->files[i].ino && watch->files[i].wd == event->wd)
                                seen(&watch->files[i].id, &nobody, userdata);
        }
        return lost;
}

int drift_watch_read(DriftWatch *watch, DriftSeen seen, void *userdata)
{
        _Alignas(struct fanotify_event_metadata) char buffer[READ_SIZE];
        int lost = 0;

        watch->n_writers = 0;
        if (drift_watch_order(watch) < 0)
                lost = 1;
        for (unsigned i = 0; i < READS_MAX; i++) {
                ssize_t n = read(watch->fd, buffer, sizeof(buffer));

                if (n < 0 && errno == EAGAIN)
                        break;
                /* If the kernel cannot open the file or the pidfd of an event (EMFILE, for example), read(2) fails and
                 * this event is lost (fs/notify/fanotify/fanotify_user.c fanotify_read). */
                if (n < 0)
                        lost = 1;
                else if (watch->fanotify)
                        lost |= take_fanotify(watch, buffer, (size_t)n, seen, userdata);
                else
                        lost |= take_inotify(watch, buffer, (size_t)n, seen, userdata);
        }
        return lost;
}
