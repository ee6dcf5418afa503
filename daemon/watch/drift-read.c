/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Reads the knobs that others may have written, together with those that their judgement needs; or the whole host if
 * that is not enough.
 */
#include <string.h>

#include "model/frequency.h"
#include "model/knob.h"
#include "model/snapshot-part.h"
#include "watch/drift-internal.h"

void drift_sort_touched(DriftMonitor *d)
{
        size_t n = 0;

        if (d->n_touched > 1)
                qsort(d->touched, d->n_touched, sizeof(Touched), knob_element_compare);
        for (size_t i = 0; i < d->n_touched; i++) {
                if (n == 0 || knob_element_compare(&d->touched[n - 1], &d->touched[i]) != 0)
                        d->touched[n++] = d->touched[i];
                else {
                        if (d->touched[i].writer != NO_WRITER)
                                d->touched[n - 1].writer = d->touched[i].writer;
                        d->touched[n - 1].heard = d->touched[n - 1].heard || d->touched[i].heard;
                        d->touched[n - 1].found = d->touched[n - 1].found || d->touched[i].found;
                }
        }
        d->n_touched = n;
}

static int refresh_knob(DriftMonitor *d, const KnobId *id)
{
        char value[KNOB_VALUE_SIZE];
        int r = d->ops->read(d->ops_userdata, id, value);

        return r < 0 ? r : snapshot_set(&d->kept, id, value);
}

/* Reads the knobs that were written and those that decide about them. 0, or -errno of a knob that could not be read. */
static int refresh_object(DriftMonitor *d, const KnobId *written)
{
        static const Knob of_domain[] = { KNOB_SCALING_GOVERNOR, KNOB_SCALING_MAX_FREQ, KNOB_SCALING_MIN_FREQ };
        FreqDomain *domain;
        KnobId id = *written;
        int r = 0;

        /* scaling_setspeed is read below; only governor userspace shows a value there. */
        if (!knob_is_of_domain(id.knob) || !knob_is_frequency(id.knob))
                r = refresh_knob(d, &id);
        for (size_t i = 0; i < ARRAY_SIZE(of_domain) && r == 0 && knob_is_of_domain(written->knob); i++) {
                id.knob = of_domain[i];
                r = refresh_knob(d, &id);
        }
        domain = r == 0 && knob_is_of_domain(written->knob) ? snapshot_find_domain(&d->kept, id.id) : NULL;
        if (!domain)
                return r;
        domain->setspeed_khz = 0;
        id.knob = KNOB_SCALING_SETSPEED;
        return frequency_is_userspace(domain) ? refresh_knob(d, &id) : 0;
}

static int read_whole_host(DriftMonitor *d)
{
        Snapshot fresh = {};
        int r = d->callbacks->read_host(&fresh, d->userdata);

        if (r < 0)
                return r;
        snapshot_done(&d->kept);
        d->kept = fresh;
        d->kept_valid = true;
        return 0;
}

int drift_refresh(DriftMonitor *d, SnapshotPart *ret_part)
{
        _cleanup_snapshot_part_ SnapshotPart part = {};
        const KnobId *id;

        for (size_t i = 0; d->lost && (id = drift_watch_get(d->watch, i)); i++)
                (void)drift_touch(d, id, NO_WRITER, false);
        drift_sort_touched(d);
        for (size_t i = 0; i < d->n_touched; i++) {
                Touched *touched = &d->touched[i];

                touched->left_known = d->kept_valid && snapshot_get(&d->kept, &touched->id, touched->left) == 0;
        }
        /* A freeze needs the present frequency, which is no knob. */
        if (d->lost || !d->kept_valid || d->fragile_tsc)
                return read_whole_host(d);
        /* If one object has gone or cannot be read, others may have gone too. */
        for (size_t i = 0; i < d->n_touched; i++)
                if (refresh_object(d, &d->touched[i].id) < 0 || snapshot_part_add(&part, &d->touched[i].id) < 0)
                        return read_whole_host(d);
        *ret_part = TAKE_STRUCT(part);
        return 0;
}

bool drift_compare(DriftMonitor *d, size_t n)
{
        char now[KNOB_VALUE_SIZE], left[KNOB_VALUE_SIZE];
        const KnobId *id;
        Touched *touched;

        for (; n > 0 && (id = drift_watch_get(d->watch, d->n_compared)); d->n_compared++, n--) {
                if (snapshot_get(&d->kept, id, left) < 0 || d->ops->read(d->ops_userdata, id, now) < 0 ||
                    strcasecmp(now, left) == 0)
                        continue;
                touched = drift_touch(d, id, NO_WRITER, false);
                if (touched)
                        touched->found = true;
        }
        return drift_watch_get(d->watch, d->n_compared) != NULL;
}
