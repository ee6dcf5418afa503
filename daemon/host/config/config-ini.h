/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Passes the items of a configuration text through inih. config-ini.c says why inih does not get the file itself.
 */
#pragma once

#include "host/config/config-text.h"

typedef void (*ConfigOnItem)(const ConfigItem *item, void *userdata);

/* Calls on_item for each assignment, in their order. 0, or -EILSEQ: inih returned other lines than it was given. */
int config_ini_run(ConfigText *text, ConfigOnItem on_item, void *userdata);
