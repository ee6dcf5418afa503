/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Sets and removes boot parameters: writes the store, runs the distribution's tool (update-grub or grubby), reads the
 * boot entries back, and undoes the change if that fails.
 */
#pragma once

#include "base/macro.h"
#include "check/boot-config.h"
#include "check/boot-loader.h"
#include "check/boot-store.h"
#include "ctl/verbs.h"

typedef struct KargsChange {
        const CtlOptions *options;
        BootPlatform platform;
        int directory; /* descriptor of the store's directory, locked; -1 for none */
} KargsChange;

/* All functions that return an int return 0, or a negative number after a message on stderr. */

/* Opens and locks the store of change->platform. */
int kargs_change_open(KargsChange *change);
void kargs_change_close(KargsChange *change);
#define _cleanup_kargs_change_ _cleanup_(kargs_change_close)

/* Removes the temporary file of a `kargs` that was killed while it wrote, unless another `kargs` runs. */
void kargs_forget_leftover(BootPlatform platform);
/* Finishes the removal of parameters that an earlier, killed `kargs` has begun. */
int kargs_finish_earlier(const KargsChange *change, const BootConfig *config);

/* Sets `missing` in addition to `before`, which `kargs apply` has set earlier. */
int kargs_set(const KargsChange *change, const BootParameters *before, const BootParameters *missing);
/* Removes all of `ours`. */
int kargs_remove(const KargsChange *change, const BootParameters *ours);
