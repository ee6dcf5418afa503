/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Reads what others may have written to: those knobs and what decides with them, or the whole host where that is not enough.
 */
#include <string.h>

#include "manager/manager-drift.h"

int drift_compare_touched(const void *a, const void *b)
{
        return knob_id_compare(&((const Touched *)a)->id, &((const Touched *)b)->id);
}

/* Each knob once, with whoever is known to have written to it. */
static void sort_touched(DriftKeeper *k)
{
        size_t n = 0;

        if (k->n_touched > 1)
                qsort(k->touched, k->n_touched, sizeof(Touched), drift_compare_touched);
        for (size_t i = 0; i < k->n_touched; i++) {
                if (n == 0 || drift_compare_touched(&k->touched[n - 1], &k->touched[i]) != 0)
                        k->touched[n++] = k->touched[i];
                else {
                        if (k->touched[i].writer != NO_WRITER)
                                k->touched[n - 1].writer = k->touched[i].writer;
                        k->touched[n - 1].heard = k->touched[n - 1].heard || k->touched[i].heard;
                }
        }
        k->n_touched = n;
}

static int refresh_knob(Manager *m, const KnobId *id)
{
        char value[KNOB_VALUE_SIZE];
        int r = m->ops->read(m->ops_userdata, id, value);

        return r < 0 ? r : snapshot_set(&m->drift->kept, id, value);
}

/* What was written to, and what decides with it. 0, or -errno of what could not be read. */
static int refresh_object(Manager *m, const KnobId *written)
{
        static const Knob of_policy[] = { KNOB_SCALING_GOVERNOR, KNOB_SCALING_MAX_FREQ, KNOB_SCALING_MIN_FREQ };
        FreqDomain *policy;
        KnobId id = *written;
        int r = 0;

        /* A speed is read below; under other governors the file has none. */
        if (!knob_is_of_policy(id.knob) || !knob_is_frequency(id.knob))
                r = refresh_knob(m, &id);
        for (size_t i = 0; i < ARRAY_SIZE(of_policy) && r == 0 && knob_is_of_policy(written->knob); i++) {
                id.knob = of_policy[i];
                r = refresh_knob(m, &id);
        }
        policy = r == 0 && knob_is_of_policy(written->knob) ? snapshot_find_policy(&m->drift->kept, id.id) : NULL;
        if (!policy)
                return r;
        policy->setspeed_khz = 0;
        id.knob = KNOB_SCALING_SETSPEED;
        return frequency_is_userspace(policy) ? refresh_knob(m, &id) : 0;
}

static int read_whole_host(Manager *m)
{
        DriftKeeper *k = m->drift;
        Snapshot fresh = {};
        int r = m->ops->enumerate(m->ops_userdata, &fresh);

        if (r < 0)
                return r;
        cpu_read_energy(m->ops, m->ops_userdata, &m->config.policy, &m->originals, &fresh);
        snapshot_done(&k->kept);
        k->kept = fresh;
        k->kept_valid = true;
        return 0;
}

int drift_refresh(Manager *m)
{
        DriftKeeper *k = m->drift;
        const KnobId *id;

        for (size_t i = 0; k->lost && (id = drift_watch_get(k->watch, i)); i++)
                drift_touch(k, id, NO_WRITER, false);
        sort_touched(k);
        for (size_t i = 0; i < k->n_touched; i++) {
                Touched *touched = &k->touched[i];

                touched->stood_known = k->kept_valid && snapshot_get(&k->kept, &touched->id, touched->stood) == 0;
        }
        /* Freezing takes the present frequency, which no knob tells. */
        if (k->lost || !k->kept_valid || facts_tsc_is_fragile(&m->facts))
                return read_whole_host(m);
        /* One that went away, or cannot be read, may not be the only one. */
        for (size_t i = 0; i < k->n_touched; i++)
                if (refresh_object(m, &k->touched[i].id) < 0)
                        return read_whole_host(m);
        return 0;
}
