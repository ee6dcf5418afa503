/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Texts about the program that manages the boot parameters, and about what a person has to do with it.
 */
#pragma once

#include "check/boot-loader.h"
#include "check/boot-store.h"

/* The name in JSON: "bootc", "rpm-ostree", "uki", "proxmox", "zfsbootmenu", "refind", "other", "grubby",
 * "update-grub", "grub2-mkconfig", "kernel-install" or "unknown". */
const char *boot_platform_to_string(BootPlatform platform);
/* One line for people: which program it is, and where its parameters are kept. */
const char *boot_platform_describe(BootPlatform platform);
/* How a person gives the next boot `parameters` on a platform that `kargs apply` does not support: commands or
 * sentences, one per line. Heap string owned by the caller, NULL when out of memory. */
char *boot_platform_advice(const BootFacts *facts, BootPlatform platform, const BootParameters *parameters);
