/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Sets and removes boot parameters: writes the store, runs one tool of the vendor, reads the result back, and puts
 * everything back if that fails.
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
        int directory; /* the store's, locked; -1 for none */
} KargsChange;

/* All that return an int return 0, or a negative number after a complaint on stderr. */

/* Opens and locks the store of change->platform. */
int kargs_change_open(KargsChange *change);
void kargs_change_close(KargsChange *change);
#define _cleanup_kargs_change_ _cleanup_(kargs_change_close)

/* What a run that was killed while it wrote has left, if none is at work. */
void kargs_forget_leftover(BootPlatform platform);
/* What an earlier run began and did not live to end. */
int kargs_finish_earlier(const KargsChange *change, const BootConfig *config);

/* Adds `missing` to what `kargs apply` has set `before`. */
int kargs_set(const KargsChange *change, const BootParameters *before, const BootParameters *missing);
/* Takes back all of `ours`. */
int kargs_take_back(const KargsChange *change, const BootParameters *ours);
