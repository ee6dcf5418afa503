/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Reads the kernel's lines from the journal: those of this boot, for when the kernel's ring has lost its first lines;
 * and those of the first two minutes of earlier boots.
 */
#pragma once

#include <stdbool.h>
#include <systemd/sd-journal.h>

#include "host/klog.h"

/* Reports every line of the kernel itself since this boot that the journal has, in order: the first line of each
 * record, and usec as the kernel stamped it. Keeps one record in memory at a time. 1: there were some. 0: none, or no
 * journal. Or -errno. */
int journal_read_kernel(KlogLine line, void *userdata);

/* Opens this machine's journal, as far as it may be read. *ret is the caller's. 0; -EACCES: there is a journal, but we
 * may not read it; -ENOENT: there is none; or another -errno. */
int journal_open(sd_journal **ret);

/* A line of the kernel itself from the first two minutes of a boot: 0 is this boot, 1 the one before it. Returns false
 * if this boot needs no further lines. The text is valid only during the call. */
typedef bool (*JournalBootLine)(unsigned boot, uint64_t realtime_usec, const char *text, void *userdata);

/* Reads this boot and up to `max` earlier ones, newest first, and the oldest line of each first. Boots without a line
 * of the kernel get no number. 0 or -errno, as for journal_open(). */
int journal_read_boots(unsigned max, JournalBootLine line, void *userdata);
