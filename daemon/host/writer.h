/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Reads from /proc which program a process runs.
 */
#pragma once

#include "model/writer.h"

/* Reads name, unit and command line of `pid`, as far as it still lives. `pidfd`: a descriptor of the same process, so
 * that nothing is read of another process that got its number later; or -1. */
void writer_read(pid_t pid, int pidfd, Writer *ret);
