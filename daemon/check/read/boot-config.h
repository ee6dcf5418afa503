/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Reads which boot parameters the next boot will have, and which program manages them. Writes nothing; on a host with
 * grubby it runs `grubby --info=ALL`.
 */
#pragma once

#include "check/boot-config.h"

/* 0 or -ENOMEM. If something cannot be read, ret->error or ret->ours_error says why. The caller owns *ret
 * (boot_config_done). */
int boot_config_read(BootConfig *ret);

/* Reads the current value of the parameter "MODULE.NAME=VALUE" from /sys/module. *ret is a heap string owned by the
 * caller, or NULL if the module is not loaded or does not show the value. 0 or -ENOMEM. */
int boot_parameter_in_force(const char *parameter, char **ret);
