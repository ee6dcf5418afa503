/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The command that sets boot parameters where `tscwarden kargs apply` does not.
 */
#pragma once

#include "check/boot-config.h"

/* The command for a root shell, in one line, that gives the next boot `parameters` on a machine with config->facts. It
 * does not reboot. *ret is a heap string owned by the caller. *ret is NULL if no single command does it (unified
 * kernel image, ZFSBootMenu, rEFInd, an unknown loader), if the configured parameters could not be read, or if `kargs
 * apply` does it. 0 or -ENOMEM. */
int boot_command_format(const BootConfig *config, const BootParameters *parameters, char **ret);

/* True if a text like /etc/default/grub assigns GRUB_CMDLINE_LINUX exactly once, at the beginning of a line, in double
 * quotes. Only then can sed(1) insert words after the first quote. */
bool boot_text_has_quoted_cmdline(const char *text);
