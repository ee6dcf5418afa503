/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The text of a configuration file, decoded into assignments and section headers before inih sees it.
 */
#pragma once

#include <stddef.h>

#include "base/macro.h"
#include "host/config/config-fault.h"

#define CONFIG_TEXT_MAX (1024U * 1024)
#define CONFIG_TEXT_LINE_MAX (64U * 1024)

typedef struct ConfigItem {
        unsigned line;  /* where it begins; a value may go on over several */
        unsigned scope; /* how many headers came so far, with this one; 0: above the first */
        char *key;      /* owned; NULL: a section header */
        char *text;     /* owned: the decoded value, or the text in the brackets; NULL: it is wrong, and reported */
} ConfigItem;

typedef struct ConfigText {
        ConfigItem *items;
        size_t n;
        unsigned n_scopes; /* section headers */
        size_t next;       /* the item that config_text_read() returns next */
} ConfigText;

void config_text_done(ConfigText *text);
#define _cleanup_config_text_ _cleanup_(config_text_done)

/* Reads KEY=value as systemd's EnvironmentFile= does, and section headers as well. A line that systemd would ignore
 * silently, or would read differently from what its author can have meant, is reported to `faults` and left out. 0 or
 * -ENOMEM; *ret is the caller's, untouched on failure. `data` need not end in NUL. */
int config_text_decode(const char *data, size_t size, ConfigFaults *faults, ConfigText *ret);

/* An ini_reader over a ConfigText: "[N]" and "KEY=N", N being the index of the item. Keys are cut at 40 characters. */
#define CONFIG_TEXT_KEY_CUT 40
char *config_text_read(char *buffer, int size, void *text);
