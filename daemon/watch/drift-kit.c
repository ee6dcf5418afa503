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
        return touched;
}

void drift_was_compared(DriftMonitor *d, uint64_t took_usec)
{
        uint64_t rest = took_usec * COMPARE_SHARE;

        d->compare_usec = time_usec(CLOCK_MONOTONIC) + (rest > COMPARE_INTERVAL_USEC ? rest : COMPARE_INTERVAL_USEC);
}
