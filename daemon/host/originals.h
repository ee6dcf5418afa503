/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Keeps the originals in the file `originals` of the runtime directory. Only its owner can read it.
 */
#pragma once

#include "model/originals.h"

/* 1: *ret has what an earlier process of this boot saved. 0: nothing of this boot, and *ret is empty; a file of another
 * boot has been removed, because its values are no longer true. -EBADMSG: not our format, or cut short; the file stays.
 * -EFBIG, -EINVAL, -ELOOP: as runtime_read_file(). -ENOMEM or another -errno. *ret is the caller's (originals_done),
 * untouched on failure. */
int host_originals_load(int dirfd, Originals *ret);

/* Replaces the file in one step; an empty set removes it. 0, -ENOMEM, or -errno as runtime_replace_file(): then the old
 * file is unchanged. */
int host_originals_save(int dirfd, const Originals *originals);
