/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Which boot parameters this host's TSC needs, and where they are missing: on the running kernel, or in the
 * configuration.
 */
#pragma once

#include "check/boot-config.h"
#include "model/clock-advice.h"
#include "model/facts.h"
#include "model/clock-words.h"

typedef struct BootNeed {
        /* On a kernel booted with nothing; literals, NULL-terminated. */
        const char *wanted[BOOT_PARAMETERS_MAX + 1];
        /* Bits of these: */
        unsigned unbooted; /* the running kernel was booted without it, and without another that does as well */
        unsigned
                unconfigured; /* the same of some boot entry, or that has another value. Where the entries are not known: as unbooted */
        unsigned
                not_taken; /* of `unbooted`: `kargs apply` had configured it before this boot, and the loader did not pass it on */
        unsigned concerned; /* either, or it stands on the command line or in some entry */
} BootNeed;

/* `facts`, with the running kernel's command line, `verdict` and `reason` as for clock_boot_parameters_missing(). */
void boot_need_find(const Facts *facts, Verdict verdict, ClockReason reason, const BootConfig *config, BootNeed *ret);

/* Why `kargs apply` cannot change what is configured, and what to do first: a heap string owned by the caller, escaped; *ret is NULL
 * where nothing is in its way. 0 or -ENOMEM. */
int boot_need_obstacle(const BootNeed *need, const BootConfig *config, char **ret);
/* The same of what `kargs revert` takes back: "/etc/default/grub.d/90-tscwarden.cfg is not what kargs apply writes …". */
int boot_store_obstacle(const BootConfig *config, char **ret);
