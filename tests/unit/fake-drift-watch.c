/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fake-drift-watch.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/macro.h"

DriftWatch the_watch;

void fake_drift_watch_wake(void)
{
        const uint64_t one = 1;

        assert_true(write(the_watch.fd, &one, sizeof(one)) == sizeof(one));
}

int drift_watch_open_fanotify(void)
{
        return -1;
}

int drift_watch_new(int fanotify, pid_t self, DriftWatch **ret)
{
        the_watch = (DriftWatch) { .fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), .self = self };
        *ret = &the_watch;
        return the_watch.fd < 0 ? -1 : 0;
}

DriftWatch *drift_watch_free(DriftWatch *watch)
{
        close(watch->fd);
        return NULL;
}

bool drift_watch_names_writers(const DriftWatch *watch)
{
        return true;
}

int drift_watch_get_fd(const DriftWatch *watch)
{
        return watch->fd;
}

int drift_watch_set(DriftWatch *watch, const KnobId *ids, size_t n, const SnapshotPart *part)
{
        const DriftWatch before = *watch;

        watch->n = 0;
        for (size_t i = 0; part && i < before.n; i++)
                if (!snapshot_part_has(part, &before.kept[i]))
                        watch->kept[watch->n++] = before.kept[i];
        assert_true(watch->n + n <= ARRAY_SIZE(watch->kept));
        for (size_t i = 0; i < n; i++) {
                assert_true(!part || snapshot_part_has(part, &ids[i]));
                watch->kept[watch->n++] = ids[i];
        }
        qsort(watch->kept, watch->n, sizeof(KnobId), knob_element_compare);
        watch->n_new = watch->next = 0;
        for (size_t i = 0; i < n; i++)
                if (!bsearch(&ids[i], before.kept, before.n, sizeof(KnobId), knob_element_compare))
                        watch->new[watch->n_new++] = ids[i];
        return 0;
}

int drift_watch_go_on(DriftWatch *watch, size_t n, DriftWatched watched, void *userdata)
{
        for (; watch->next < watch->n_new; watch->next++) {
                if (n-- == 0)
                        return 1;
                watched(&watch->new[watch->next], userdata);
        }
        return 0;
}

bool drift_watch_is_replaced(const DriftWatch *watch, const KnobId *id)
{
        return watch->is_replaced || !bsearch(id, watch->kept, watch->n, sizeof(KnobId), knob_element_compare);
}

const KnobId *drift_watch_get(const DriftWatch *watch, size_t i)
{
        return i < watch->n ? &watch->kept[i] : NULL;
}

int drift_watch_read(DriftWatch *watch, DriftSeen seen, void *userdata)
{
        uint64_t count;

        /* The monitor may ask for writes although the descriptor is not readable. */
        assert_true(read(watch->fd, &count, sizeof(count)) == sizeof(count) || errno == EAGAIN);
        for (size_t i = 0; i < watch->n_written; i++) {
                KnobId id;

                assert_int_equal(knob_path_parse(watch->written[i], &id), 0);
                seen(&id, &watch->writer, userdata);
        }
        watch->n_written = 0;
        if (watch->writes_clocksource)
                seen(NULL, &watch->writer, userdata);
        watch->writes_clocksource = false;
        return watch->has_lost;
}
