/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The file `clock` in the runtime directory: the verdict for the next tscwardend of this boot (clock_export()).
 */
#pragma once

#include "model/verdict.h"

/* 0 or -errno: of the boot's id, -ENOMEM, or runtime_replace_file()'s. */
int clock_file_save(int runtime_fd, const Clock *clock);
/* Between clock_init() and the first line. The file of another boot is ignored. 0; -EBADMSG: not our format, ignored; or another
 * -errno: it cannot be read, or there is none. */
int clock_file_load(int runtime_fd, Clock *clock);
