/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A part of the host that is read again while the rest of the snapshot stays.
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

/* The part with these CPUs and the domains in which `whole` has them. 0 or -ENOMEM. *ret is the caller's, untouched on
 * failure. */
int snapshot_part_of(const Snapshot *whole, const CpuSet *cpus, SnapshotPart *ret);
bool snapshot_part_has(const SnapshotPart *part, const KnobId *id);

/* Moves the values of the part from *read into *whole. 1; 0: this is not possible, because one of its CPUs is new or
 * was removed from the machine, or a domain has disappeared; -ENOMEM: *whole cannot be used any more. */
int snapshot_merge(Snapshot *whole, const SnapshotPart *part, Snapshot *read);
