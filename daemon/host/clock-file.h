/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Keeps the clock's verdict in the file `clock` of the runtime directory, in the format of clock_export(), so that a
 * tscwardend that is started again in the same boot knows it.
 */
#pragma once

#include "model/verdict.h"

/* 0, -ENOMEM, or -errno of reading the boot id or of runtime_replace_file(). */
int clock_file_save(int runtime_fd, const Clock *clock);
/* Call this after clock_init() and before the first line is fed. A file of another boot is ignored. 0; -EBADMSG: the
 * file does not have our format and is ignored; another -errno: there is no file, or it cannot be read. */
int clock_file_load(int runtime_fd, Clock *clock);
