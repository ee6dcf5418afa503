/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Findings about a part of the host are renewed, while those about the rest stay.
 */
#pragma once

#include "model/finding.h"
#include "model/snapshot-part.h"

/* Whether the findings about this part can be told from those about the rest. Not where one of them counts objects and
 * some of these may be in the part, nor where one names no CPU. False when out of memory, too. */
bool findings_can_part(const Findings *findings, const SnapshotPart *part, const Snapshot *snapshot);
/* Adds to *findings what `before` has about the rest of the host. 0 or -ENOMEM. */
int findings_add_rest(Findings *findings, const Findings *before, const SnapshotPart *part, const Snapshot *snapshot);
