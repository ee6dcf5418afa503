/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The file `clock` in the runtime directory: the verdict for the next tscwardend of this boot (clock_export()).
 */
#pragma once

#include "model/verdict.h"

/* 0, or -errno of reading the boot id, -ENOMEM, or -errno of runtime_replace_file(). */
int clock_file_save(int runtime_fd, const Clock *clock);
/* To be called between clock_init() and the first line. The file of another boot is ignored. 0; -EBADMSG: not our
 * format, ignored; or another -errno: there is no file, or it cannot be read. */
int clock_file_load(int runtime_fd, Clock *clock);
