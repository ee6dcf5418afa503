/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The file `clock` in the runtime directory: the verdict for the next tscwardend of this boot (clock_export()).
 */
#pragma once

#include "model/verdict.h"

/* runtime_fd -1: there is no runtime directory, nothing happens. What fails is logged. */
void clock_file_save(int runtime_fd, const Clock *clock);
/* Between clock_init() and the first line. The file of another boot is ignored. */
void clock_file_load(int runtime_fd, Clock *clock);
