/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Which programs run here.
 */
#pragma once

/* `command` is /proc/PID/comm, `arguments` the command line with blanks between, both cut; any bytes. Valid during
 * the call. */
typedef void (*ProcessHandler)(const char *command, const char *arguments, void *userdata);

/* Every process of this machine; those in the PID namespaces of containers, which may have clients of their own, are
 * left out. 0, or the -errno of reading /proc. */
int processes_list(ProcessHandler handler, void *userdata);
