/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * inih splits the file, but sees none of its text: released versions keep quotes, cut at " ;", cut long values and
 * section names, join indented lines and take the tail of a long comment for configuration. It is fed "[N]" and "KEY=N"
 * instead.
 */
#pragma once

#include "host/config/config-text.h"

typedef void (*ConfigOnItem)(const ConfigItem *item, void *userdata);

/* Calls on_item for each assignment, in their order. 0, or -EILSEQ: this inih gives back other lines than it was fed. */
int config_ini_run(ConfigText *text, ConfigOnItem on_item, void *userdata);
