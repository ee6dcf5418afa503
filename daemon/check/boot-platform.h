/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Texts about the program that manages the boot parameters, and about what a person has to do with it.
 */
#pragma once

#include "check/boot-config.h"
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
/* The command for a root shell, in one line, that gives the next boot `parameters` on a machine with config->facts. It
 * does not reboot. *ret is a heap string owned by the caller. *ret is NULL if no single command does it (unified
 * kernel image, ZFSBootMenu, rEFInd, an unknown loader), if the configured parameters could not be read, or if `kargs
 * apply` does it. 0 or -ENOMEM. */
int boot_command_format(const BootConfig *config, const BootParameters *parameters, char **ret);
