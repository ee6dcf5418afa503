/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>

/* Reads a regular file or a character device (/dev/null), at most CONFIG_TEXT_MAX + 1 bytes, so that the caller sees
 * that it is too long. 0, -EINVAL (another kind of file), -EISDIR, -ENOMEM or another -errno. *ret is the caller's,
 * untouched on failure. */
int config_file_read(const char *path, char **ret, size_t *ret_size);
