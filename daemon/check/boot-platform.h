/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Texts about the program that manages the boot parameters, and about what a person has to do there.
 */
#pragma once

#include "check/boot-loader.h"
#include "check/boot-store.h"

/* "bootc" "rpm-ostree" "uki" "proxmox" "zfsbootmenu" "refind" "other" "grubby" "update-grub" "grub2-mkconfig" "kernel-install"
 * "unknown" */
const char *boot_platform_to_string(BootPlatform platform);
/* One line for people: what it is and where its parameters are kept. */
const char *boot_platform_describe(BootPlatform platform);
/* How to make `parameters` those of the next boot where we do not do it: commands or a text, one per line. Heap string owned by
 * the caller, NULL when out of memory. */
char *boot_platform_advice(const BootFacts *facts, BootPlatform platform, const BootParameters *parameters);
