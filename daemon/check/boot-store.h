/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Boot parameters as words, and the file that lists what `kargs apply` has set.
 */
#pragma once

#include <stdbool.h>

#include "check/boot-loader.h"
#include "model/clock-advice.h"

typedef struct BootParameters {
        unsigned n;
        char words[BOOT_PARAMETERS_MAX][48];
} BootParameters;

bool boot_parameters_have(const BootParameters *parameters, const char *word);
/* Adds a word unless it is there already. 0; -ENOSPC: no room, nothing was added. */
int boot_parameters_add(BootParameters *parameters, const char *word);
/* Writes "a=1 b=2" into `buffer` and returns it. */
#define BOOT_PARAMETERS_TEXT (BOOT_PARAMETERS_MAX * 80)
const char *boot_parameters_join(const BootParameters *parameters, char buffer[static BOOT_PARAMETERS_TEXT]);
/* "BEFORE a=1 BETWEEN b=2 AFTER" without these blanks; `between` has at most 32 characters. Heap string owned by the
 * caller, NULL when out of memory. */
char *boot_parameters_format(const BootParameters *parameters, const char *before, const char *between,
                             const char *after);

/* True if `tscwarden kargs apply` can set parameters on this platform. On others it only says what to do. */
bool boot_platform_is_supported(BootPlatform platform);

/* The file that lists the parameters set by `kargs apply`. With update-grub this file sets them; with grubby it is
 * only a record. NULL on other platforms. */
const char *boot_store_directory(BootPlatform platform);
const char *boot_store_name(BootPlatform platform);
/* The content of that file: the parameters that are set, and those that are being removed (`leaving`; NULL for none).
 * If this process is killed, the next `kargs` reads the latter and finishes the removal. Heap string owned by the
 * caller, NULL when out of memory. */
char *boot_store_format(BootPlatform platform, const BootParameters *parameters, const BootParameters *leaving);
/* 0, or -EBADMSG: tscwarden did not write this text, or somebody changed it; the outputs are untouched. */
int boot_store_parse(BootPlatform platform, const char *text, BootParameters *ret, BootParameters *ret_leaving);
