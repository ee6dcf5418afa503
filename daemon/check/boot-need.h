/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Which boot parameters this host's TSC needs, and whether the running kernel or the boot configuration lacks them.
 */
#pragma once

#include "check/boot-config.h"
#include "model/clock-advice.h"
#include "model/facts.h"
#include "model/clock-words.h"

typedef struct BootNeed {
        /* What a kernel booted without any parameter would need; literals, NULL-terminated. */
        const char *wanted[BOOT_PARAMETERS_MAX + 1];
        /* Bit i of each mask is wanted[i]. */
        unsigned unbooted; /* the running kernel has neither this one nor another one with the same effect */
        /* A boot entry has neither, or has another value. If the entries are not known, equal to `unbooted`. */
        unsigned unconfigured;
        /* In `unbooted`, although `kargs apply` had configured it before this boot: the boot loader did not pass it. */
        unsigned not_taken;
        /* `kargs` shows it: it is missing somewhere, or it is on the command line or in some entry. */
        unsigned concerned;
} BootNeed;

/* `facts` includes the running kernel's command line. `verdict` and `reason` are as for
 * clock_boot_parameters_missing(). */
void boot_need_find(const Facts *facts, Verdict verdict, ClockReason reason, const BootConfig *config, BootNeed *ret);

/* The wanted parameters of a mask: boot_need_take(need, need->unconfigured). */
BootParameters boot_need_take(const BootNeed *need, unsigned mask);

/* Why `kargs apply` cannot change the boot configuration, and what a person has to do first. *ret is a heap string
 * owned by the caller, or NULL if nothing prevents the change. 0 or -ENOMEM. */
int boot_need_obstacle(const BootNeed *need, const BootConfig *config, char **ret);
/* The same for `kargs revert`: "/etc/default/grub.d/90-tscwarden.cfg is not what kargs apply writes …". */
int boot_store_obstacle(const BootConfig *config, char **ret);
