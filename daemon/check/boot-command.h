/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The command that sets boot parameters where `tscwarden kargs apply` does not.
 */
#pragma once

#include "check/boot-config.h"

/* One line for a root shell that makes `parameters` those of the next boot, in this state of config->facts: without a reboot at its
 * end. *ret is a heap string owned by the caller; NULL where no single command does it (a unified kernel image, ZFSBootMenu, rEFInd, a
 * loader that is not known), where what is configured could not be read, or where `kargs apply` does it. 0 or -ENOMEM. */
int boot_command_format(const BootConfig *config, const BootParameters *parameters, char **ret);

/* How GRUB_CMDLINE_LINUX stands in a text like /etc/default/grub: exactly once, at the beginning of a line and in double quotes, so
 * that words can be put behind its first quote. */
bool boot_text_has_quoted_cmdline(const char *text);
