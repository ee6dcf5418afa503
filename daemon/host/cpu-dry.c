/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/cpu.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

typedef struct DryWrite {
        KnobId id;
        char value[KNOB_VALUE_SIZE];
} DryWrite;

struct CpuDry {
        const CpuOps *ops;
        void *userdata;
        DryWrite *writes; /* sorted by knob_id_compare */
        size_t n_writes;
        size_t n_allocated;
};

CpuDry *cpu_dry_new(const CpuOps *ops, void *userdata)
{
        CpuDry *dry;

        dry = calloc(1, sizeof(*dry));
        if (!dry)
                return NULL;
        dry->ops = ops;
        dry->userdata = userdata;
        return dry;
}

CpuDry *cpu_dry_free(CpuDry *dry)
{
        if (!dry)
                return NULL;
        free(dry->writes);
        free(dry);
        return NULL;
}

/* Where the knob is or belongs. */
static size_t dry_find(const CpuDry *dry, const KnobId *id, bool *ret_found)
{
        size_t low = 0, high = dry->n_writes;

        while (low < high) {
                size_t middle = low + (high - low) / 2;
                int order = knob_id_compare(&dry->writes[middle].id, id);

                if (order == 0) {
                        *ret_found = true;
                        return middle;
                }
                if (order < 0)
                        low = middle + 1;
                else
                        high = middle;
        }
        *ret_found = false;
        return low;
}

static int dry_reserve(CpuDry *dry)
{
        size_t n = dry->n_allocated ? dry->n_allocated * 2 : 64;
        DryWrite *writes;

        if (dry->n_writes < dry->n_allocated)
                return 0;
        writes = reallocarray(dry->writes, n, sizeof(*writes));
        if (!writes)
                return -ENOMEM;
        dry->writes = writes;
        dry->n_allocated = n;
        return 0;
}

static int dry_enumerate(void *userdata, Snapshot *ret)
{
        CpuDry *dry = userdata;
        _cleanup_snapshot_ Snapshot snapshot = { 0 };
        int r;

        r = dry->ops->enumerate(dry->userdata, &snapshot);
        if (r < 0)
                return r;
        /* What has gone since (a CPU, a driver) takes its knobs along. */
        for (size_t i = 0; i < dry->n_writes; i++)
                (void)snapshot_set(&snapshot, &dry->writes[i].id, dry->writes[i].value);
        *ret = snapshot;
        snapshot = (Snapshot) { 0 };
        return 0;
}

static int dry_read(void *userdata, const KnobId *id, char buffer[static KNOB_VALUE_SIZE])
{
        CpuDry *dry = userdata;
        size_t index;
        bool found;

        index = dry_find(dry, id, &found);
        if (!found)
                return dry->ops->read(dry->userdata, id, buffer);
        memcpy(buffer, dry->writes[index].value, KNOB_VALUE_SIZE);
        return 0;
}

static int dry_write(void *userdata, const KnobId *id, unsigned cpu, const char *value)
{
        CpuDry *dry = userdata;
        char present[KNOB_VALUE_SIZE];
        size_t index;
        bool found;
        int r;

        r = knob_value_check(id->knob, value);
        if (r < 0)
                return r;
        index = dry_find(dry, id, &found);
        if (!found) {
                /* What cannot be read, because it is gone or offline, could not be written either. */
                r = dry->ops->read(dry->userdata, id, present);
                if (r < 0)
                        return r;
                r = dry_reserve(dry);
                if (r < 0)
                        return r;
                memmove(dry->writes + index + 1, dry->writes + index, (dry->n_writes - index) * sizeof(*dry->writes));
                dry->n_writes++;
                dry->writes[index].id = *id;
        }
        (void)snprintf(dry->writes[index].value, KNOB_VALUE_SIZE, "%s", value);
        return 0;
}

const CpuOps cpu_dry_ops = {
        .enumerate = dry_enumerate,
        .read = dry_read,
        .write = dry_write,
};
