/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Names a process from /proc.
 */
#pragma once

#include "model/writer.h"

/* What can still be read of `pid`. pidfd: of the same process, or -1; with it nothing is said of another process that got the number
 * meanwhile. */
void writer_read(pid_t pid, int pidfd, Writer *ret);
