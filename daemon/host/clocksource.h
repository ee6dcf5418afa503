/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* The kernel's current clocksource, and those it offers: space separated, no blank at the end. Heap strings owned by the
 * caller, each NULL when it cannot be read. 0 or -ENOMEM, and nothing is touched. */
int clocksource_read(char **ret_current, char **ret_available);
