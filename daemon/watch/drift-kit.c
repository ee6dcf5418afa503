/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/array.h"
#include "model/knob.h"
#include "watch/drift-internal.h"

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

void drift_touch(DriftMonitor *d, const KnobId *id, unsigned writer, bool heard)
{
        Touched *touched = drift_append(&d->touched, &d->n_touched, sizeof(Touched));

        if (!touched) {
                d->lost = true;
                return;
        }
        touched->id = *id;
        touched->writer = writer;
        touched->heard = heard;
}
