/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the kernel said since boot, from the journal: for a host whose ring has wrapped.
 */
#pragma once

#include "host/klog.h"

/* Every line of the kernel's own since this boot that the journal holds, in order; of a record its first line, usec as
 * the kernel stamped it. Holds one record at a time. 1: there were some. 0: none, or no journal. Or -errno. */
int journal_read_kernel(KlogLine line, void *userdata);
