/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "host/config/config-store.h"
#include "host/config/config.h"
#include "model/facts.h"
#include "watch/events.h"

/* Reads the configuration for a reload; mistakes go to the journal. 0, or the negative errno of a refusal: then *ret is
 * untouched, and *ret_why (for the caller to free; NULL: out of memory) is the first mistake. */
int load_config(const char *path, const Facts *facts, Events *events, Config *ret, char **ret_why);
