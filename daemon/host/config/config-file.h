/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>

/* The bytes of a regular file, one more than CONFIG_TEXT_MAX at most so that the excess is seen. 0, -EINVAL when it is not a regular
 * file, -EISDIR, -ENOMEM or another -errno. *ret is the caller's, untouched on failure. */
int config_file_read(const char *path, char **ret, size_t *ret_size);
