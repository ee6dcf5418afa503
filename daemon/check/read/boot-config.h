/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Reads which boot parameters the next boot will have, and which program manages them. Writes nothing; on a host with
 * grubby it runs `grubby --info=ALL`.
 */
#pragma once

#include "check/boot-config.h"

/* 0 or -ENOMEM. What cannot be read is told in ret->error and ret->ours_error. *ret is the caller's (boot_config_done). */
int boot_config_read(BootConfig *ret);

/* The value that the module has for "MODULE.NAME=VALUE", from /sys/module: a heap string owned by the caller, *ret is NULL when there
 * is none (the module is not loaded, or does not show it). 0 or -ENOMEM. */
int boot_parameter_in_force(const char *parameter, char **ret);
