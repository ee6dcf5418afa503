/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The result of the last probe, in /run/tscwarden/probe.json. Only a probe that root runs writes it.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/macro.h"

#define PROBE_RECORD "probe.json"

typedef struct ProbeRecord {
        uint64_t realtime_usec;
        bool has_bound; /* at least two CPUs were measured */
        int64_t bound_nsec;
        unsigned n_measured, n_convicted;
        char *convicted; /* list of CPUs whose TSC differs; owned, "" for none */
} ProbeRecord;

void probe_record_done(ProbeRecord *record);
#define _cleanup_probe_record_ _cleanup_(probe_record_done)

/* Replaces first the list of convicted CPUs that tscwardend reads, then the record, in /run/tscwarden, which it makes
 * if it is missing. 0 or -errno. */
int probe_record_write(const char *json, const char *convicted);
/* Parses a record. 0, -EBADMSG: not a record, or -ENOMEM. After success the caller owns *ret; it is untouched on
 * failure. */
int probe_record_parse(const char *text, ProbeRecord *ret);
/* Reads the record in /run/tscwarden. Also returns -ENOENT, if nobody has probed since boot, or another -errno of
 * reading. */
int probe_record_read(ProbeRecord *ret);
