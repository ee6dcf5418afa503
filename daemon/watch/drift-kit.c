/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/array.h"
#include "base/time.h"
#include "model/knob.h"
#include "watch/drift-internal.h"

/* The knobs are compared at most this often, and for at most this part of the time, because every user can cause a
 * comparison with a call on the bus. */
#define COMPARE_INTERVAL_USEC 1000000
#define COMPARE_SHARE 100
#define WRITERS_KEPT_MAX 32

void *drift_append(void *array, size_t *n, size_t size)
{
        void **elements = array;

        if (array_grow(array, *n, size) < 0)
                return NULL;
        return (char *)*elements + (*n)++ * size;
}

const Writer *drift_writer(const DriftMonitor *d, unsigned i)
{
        static const Writer nobody;

        return i < d->n_writers ? &d->writers[i] : &nobody;
}

unsigned drift_keep_writer(DriftMonitor *d, const Writer *writer)
{
        Writer *new;

        if (writer->pid == 0)
                return NO_WRITER;
        for (size_t i = 0; i < d->n_writers; i++)
                if (d->writers[i].pid == writer->pid && strcmp(d->writers[i].comm, writer->comm) == 0)
                        return (unsigned)i;
        if (d->n_writers == WRITERS_KEPT_MAX)
                return NO_WRITER;
        new = drift_append(&d->writers, &d->n_writers, sizeof(Writer));
        if (!new)
                return NO_WRITER;
        *new = *writer;
        return (unsigned)(d->n_writers - 1);
}

Touched *drift_touch(DriftMonitor *d, const KnobId *id, unsigned writer, bool heard)
{
        Touched *touched = drift_append(&d->touched, &d->n_touched, sizeof(Touched));

        if (!touched) {
                d->lost = true;
                return NULL;
        }
        touched->id = *id;
        touched->writer = writer;
        touched->heard = heard;
        for (size_t i = 0; i < d->n_reports; i++) {
                Report *report = &d->reports[i];

                if (report->due_usec == 0 || writer == NO_WRITER || knob_id_compare(&report->id, id) != 0)
                        continue;
                report->writer = writer;
                report->due_usec = 0;
        }
        return touched;
}

void drift_was_compared(DriftMonitor *d, uint64_t took_usec)
{
        uint64_t rest = took_usec * COMPARE_SHARE;

        d->compare_usec = time_usec(CLOCK_MONOTONIC) + (rest > COMPARE_INTERVAL_USEC ? rest : COMPARE_INTERVAL_USEC);
}
