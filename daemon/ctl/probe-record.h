/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The last probe's result in /run/tscwarden/probe.json, which only root writes.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/macro.h"

#define PROBE_RECORD "probe.json"

typedef struct ProbeRecord {
        uint64_t realtime_usec;
        bool has_bound; /* two CPUs at least were measured */
        int64_t bound_nsec;
        unsigned n_measured, n_convicted;
        char *convicted; /* list of CPUs, owned; "" none */
        bool guest;
} ProbeRecord;

void probe_record_done(ProbeRecord *record);
#define _cleanup_probe_record_ _cleanup_(probe_record_done)

/* Replaces the record, and before it the list of convicted CPUs that tscwardend reads, in `dirfd`, or for -1 in /run/tscwarden, which is
 * made when missing. 0 or -errno. */
int probe_record_write(int dirfd, const char *json, const char *convicted);
/* Of `text`. 0, -EBADMSG (not such a record) or -ENOMEM; *ret is untouched on failure, else the caller's. */
int probe_record_parse(const char *text, ProbeRecord *ret);
/* Of /run/tscwarden. Also -ENOENT (never probed since boot) or another -errno of reading. */
int probe_record_read(ProbeRecord *ret);
