/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stdint.h>

/* Takes all capabilities from this thread, those it could inherit and hand on too, but for those of the mask (1 <<
 * CAP_..., from linux/capability.h) that it has. 0 or -errno of capget(2) or capset(2). */
int capabilities_keep(uint64_t mask);
