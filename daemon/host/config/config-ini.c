/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * inih gets no line of the file itself. Released versions keep quotes, cut a value at " ;" and at some 190 characters
 * and a section's name at 49, and take the end of a long comment for configuration. So config-text.c decodes the text
 * first. inih then gets one line "[N]" or "KEY=N" for each item, where N is the item's index, and none of its limits
 * applies.
 */
#include "host/config/config-ini.h"

#include <errno.h>
#include <ini.h>
#include <stdint.h>
#include <string.h>

#include "base/parse.h"

typedef struct IniRun {
        ConfigText *text;
        ConfigOnItem on_item;
        void *userdata;
        size_t n_seen; /* assignments that came back from inih */
} IniRun;

/* The ini_handler. It returns 0, which makes ini_parse_stream() fail, if inih returned something that it was not
 * given. */
static int ini_on_pair(void *userdata, const char *section, const char *name, const char *value)
{
        IniRun *run = userdata;
        const ConfigText *text = run->text;
        const ConfigItem *item;
        uint64_t index, header = 0;

        /* Some builds of inih call this also for a new section or a key without a value
         * (INI_CALL_HANDLER_ON_NEW_SECTION). */
        if (!name || !value)
                return 1;
        if (parse_u64(value, 0, text->n - 1, &index) < 0)
                return 0;
        if (*section && parse_u64(section, 0, text->n - 1, &header) < 0)
                return 0;
        item = &text->items[index];
        if (!item->key || strncmp(item->key, name, CONFIG_TEXT_KEY_CUT) != 0 ||
            item->scope != (*section ? text->items[header].scope : 0))
                return 0;
        run->n_seen++;
        run->on_item(item, run->userdata);
        return 1;
}

int config_ini_run(ConfigText *text, ConfigOnItem on_item, void *userdata)
{
        IniRun run = { .text = text, .on_item = on_item, .userdata = userdata };
        size_t n = 0;

        for (size_t i = 0; i < text->n; i++)
                n += text->items[i].key != NULL;
        return ini_parse_stream(config_text_read, text, ini_on_pair, &run) != 0 || run.n_seen != n ? -EILSEQ : 0;
}
