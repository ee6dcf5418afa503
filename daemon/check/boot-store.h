/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Boot parameters as words, and the file that lists what `kargs apply` has set.
 */
#pragma once

#include <stdbool.h>

#include "check/boot-loader.h"
#include "model/clock-advice.h"

/* Parameters as words, at most BOOT_PARAMETERS_MAX. */
typedef struct BootParameters {
        unsigned n;
        char words[BOOT_PARAMETERS_MAX][48];
} BootParameters;

bool boot_parameters_have(const BootParameters *parameters, const char *word);
/* No word twice. 0, or -ENOSPC and nothing is added. */
int boot_parameters_add(BootParameters *parameters, const char *word);
/* "a=1 b=2" in `buffer`, which is returned. */
#define BOOT_PARAMETERS_TEXT (BOOT_PARAMETERS_MAX * 48)
const char *boot_parameters_join(const BootParameters *parameters, char buffer[static BOOT_PARAMETERS_TEXT]);

/* `tscwarden kargs apply` does it; elsewhere it is said how. */
bool boot_platform_is_supported(BootPlatform platform);

/* The file in which stand the parameters that `kargs apply` set: with update-grub the one that sets them, with grubby a note. NULL
 * elsewhere. */
const char *boot_store_directory(BootPlatform platform);
const char *boot_store_name(BootPlatform platform);
/* Its content: what is set, and a note of what is being taken back, for whoever comes after us if we are killed meanwhile (`leaving`;
 * NULL for nothing). Heap string owned by the caller, NULL when out of memory. */
char *boot_store_format(BootPlatform platform, const BootParameters *parameters, const BootParameters *leaving);
/* 0, or -EBADMSG: not written by us, or changed since; outputs are untouched. */
int boot_store_parse(BootPlatform platform, const char *text, BootParameters *ret, BootParameters *ret_leaving);
