/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The verdict on this host's TSC without tscwardend: from the kernel's log, as far as we may read it, and sysfs.
 */
#pragma once

#include "model/verdict.h"

/* `facts` is borrowed for as long as *ret lives, which holds no heap. */
void host_clock_read(const ClockFacts *facts, Clock *ret);
