/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* Reads the kernel's current clocksource, and those that it offers, separated by spaces, without a blank at the end.
 * Heap strings owned by the caller; NULL: it cannot be read. 0, or -ENOMEM with the outputs untouched. */
int clocksource_read(char **ret_current, char **ret_available);
