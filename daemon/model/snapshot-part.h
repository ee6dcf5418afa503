/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A part of the host that is read anew, where the rest is known.
 */
#pragma once

#include <stdbool.h>

#include "base/cpuset.h"
#include "model/knob.h"
#include "model/snapshot.h"

/* Some CPUs, and the frequency domains that they are in. All zero is the empty part. */
typedef struct SnapshotPart {
        CpuSet cpus;
        CpuSet domains; /* the N of policyN */
} SnapshotPart;

void snapshot_part_done(SnapshotPart *part);
#define _cleanup_snapshot_part_ _cleanup_(snapshot_part_done)

bool snapshot_part_is_empty(const SnapshotPart *part);
/* Replaces *part, which may be empty. 0 or -ENOMEM, *part untouched. */
int snapshot_part_copy(SnapshotPart *part, const SnapshotPart *other);
/* Adds the CPU or the domain of this knob. 0 or -ENOMEM. */
int snapshot_part_add(SnapshotPart *part, const KnobId *id);

/* The part that these CPUs were, as far as `whole` knows. 0 or -ENOMEM. *ret is the caller's, untouched on failure. */
int snapshot_part_of(const Snapshot *whole, const CpuSet *cpus, SnapshotPart *ret);
bool snapshot_part_has(const SnapshotPart *part, const KnobId *id);

/* Moves what was read of the part from *read into *whole. 1; 0 when that cannot be: one of its CPUs is new or was taken out of the
 * machine, or a domain has gone; -ENOMEM: *whole is of no use any more. */
int snapshot_merge(Snapshot *whole, const SnapshotPart *part, Snapshot *read);
