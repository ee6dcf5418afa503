/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the kernel has said, from the journal: since this boot, if the kernel's ring has lost lines; and at the
 * beginning of earlier boots.
 */
#pragma once

#include <stdbool.h>
#include <systemd/sd-journal.h>

#include "host/klog.h"

/* Every line of the kernel's own since this boot that the journal holds, in order; of a record its first line, usec as
 * the kernel stamped it. Holds one record at a time. 1: there were some. 0: none, or no journal. Or -errno. */
int journal_read_kernel(KlogLine line, void *userdata);

/* This machine's journal, as far as it may be read. *ret is the caller's. 0; -EACCES: there is a journal, and we may not read it; -ENOENT:
 * there is none; or another -errno. */
int journal_open(sd_journal **ret);

/* A line of the kernel's own in the first two minutes of a boot: 0 is this boot, 1 the one before it. False: enough of that boot. The text
 * is valid during the call only. */
typedef bool (*JournalBootLine)(unsigned boot, uint64_t realtime_usec, const char *text, void *userdata);

/* Of this boot and up to `max` earlier ones, newest first, oldest line first. Boots without a line of the kernel's have no number. 0 or -errno,
 * as journal_open() has them. */
int journal_read_boots(unsigned max, JournalBootLine line, void *userdata);
