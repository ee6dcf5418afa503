/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Keeps the originals in the runtime directory, file `originals`, readable by us alone.
 */
#pragma once

#include "model/originals.h"

/* 1: *ret holds what an earlier process of this boot left. 0: there is nothing of this boot, *ret is empty; a file of
 * another boot has been removed, for its values are no truth any more. -EBADMSG: not our format, or cut short; the
 * file stays where it is. -EFBIG, -EINVAL, -ELOOP: as runtime_read_file(). -ENOMEM or another -errno. *ret is the
 * caller's (originals_done), untouched on failure. */
int host_originals_load(int dirfd, Originals *ret);

/* Replaces the file as a whole; an empty set removes it. 0, -ENOMEM, or -errno as runtime_replace_file(): then what
 * stood there before stands there still. */
int host_originals_save(int dirfd, const Originals *originals);
