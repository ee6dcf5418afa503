/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The configuration: KEY=value as systemd's EnvironmentFile= reads it, with [cpus LIST] sections, from a file of our
 * own; where that sets no policy, what to apply comes from the files of cpupower.
 */
#pragma once

#include <stddef.h>

#include "host/config/config-fault.h"
#include "host/config/config-store.h"

/* Reads and judges a file without looking at the host. 0: *ret is the caller's; errors may hold remarks.
 * -EBADMSG: refused, errors says why. Other -errno: could not be read; errors says so too, except for -ENOMEM and for
 * -EILSEQ: this inih gives back other lines than it was fed. *ret is untouched on failure; *ret_faults must be empty
 * before and is the caller's after. */
int config_load(const char *path, Config *ret, ConfigFaults *ret_faults);
/* The same with other foreign files to look for, NULL-terminated. */
int config_load_with(const char *path, const char *const *foreign, Config *ret, ConfigFaults *ret_faults);
/* Our own file alone, `size` bytes that are at hand; `file` is their name in messages and in the Config.
 * 0, -EBADMSG, -ENOMEM, -EILSEQ. */
int config_parse(const char *file, const char *data, size_t size, Config *ret, ConfigFaults *ret_faults);
