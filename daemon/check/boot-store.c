/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "check/boot-store.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/macro.h"
#include "base/words.h"

/* The file in which `kargs apply` records the parameters, and the text before and after them. */
static const struct {
        const char *directory, *file, *before, *after;
} stores[BOOT_PLATFORM_MAX_] = {
        [BOOT_GRUBBY] = { "/var/lib/tscwarden", "boot-parameters", "", "" },
        /* The number 90 sorts it after files like 50-cloudimg-settings.cfg, which may overwrite the variable. */
        [BOOT_UPDATE_GRUB] = { "/etc/default/grub.d", "90-tscwarden.cfg", "GRUB_CMDLINE_LINUX=\"$GRUB_CMDLINE_LINUX ",
                               "\"" },
};

#define STORE_MARK "# Written by tscwarden kargs apply; tscwarden kargs revert removes it.\n"
#define STORE_LEAVING "# Being removed: "

bool boot_platform_is_supported(BootPlatform platform)
{
        return stores[platform].file;
}

const char *boot_store_directory(BootPlatform platform)
{
        return stores[platform].directory;
}

const char *boot_store_name(BootPlatform platform)
{
        return stores[platform].file;
}

bool boot_parameters_have(const BootParameters *parameters, const char *word)
{
        for (unsigned i = 0; i < parameters->n; i++)
                if (strcmp(parameters->words[i], word) == 0)
                        return true;
        return false;
}

int boot_parameters_add(BootParameters *parameters, const char *word)
{
        if (boot_parameters_have(parameters, word))
                return 0;
        if (parameters->n == BOOT_PARAMETERS_MAX || strlen(word) >= sizeof(parameters->words[0]))
                return -ENOSPC;
        strcpy(parameters->words[parameters->n++], word);
        return 0;
}

static const char *join(const BootParameters *parameters, const char *between, char buffer[static BOOT_PARAMETERS_TEXT])
{
        char *end = buffer;

        *end = '\0';
        for (unsigned i = 0; i < parameters->n; i++)
                end += sprintf(end, "%s%s", i > 0 ? between : "", parameters->words[i]);
        return buffer;
}

const char *boot_parameters_join(const BootParameters *parameters, char buffer[static BOOT_PARAMETERS_TEXT])
{
        return join(parameters, " ", buffer);
}

char *boot_parameters_format(const BootParameters *parameters, const char *before, const char *between,
                             const char *after)
{
        char words[BOOT_PARAMETERS_TEXT];

        return text_format("%s%s%s", before, join(parameters, between, words), after);
}

char *boot_store_format(BootPlatform platform, const BootParameters *parameters, const BootParameters *leaving)
{
        char words[BOOT_PARAMETERS_TEXT], others[BOOT_PARAMETERS_TEXT] = "";
        bool leaves = leaving && leaving->n > 0, sets = parameters->n > 0;

        return text_format(STORE_MARK "%s%s%s%s%s%s%s", leaves ? STORE_LEAVING : "",
                           leaves ? boot_parameters_join(leaving, others) : "", leaves ? "\n" : "",
                           sets ? stores[platform].before : "", boot_parameters_join(parameters, words),
                           sets ? stores[platform].after : "", sets ? "\n" : "");
}

/* Reads words separated by one blank and moves *p behind them. 0 or -EBADMSG. */
static int parse_words(const char **p, BootParameters *ret)
{
        for (;;) {
                char word[sizeof(ret->words[0])];
                size_t length = strcspn(*p, " \"\n");

                if (length == 0 || length >= sizeof(word))
                        return -EBADMSG;
                memcpy(word, *p, length);
                word[length] = '\0';
                if (boot_parameters_add(ret, word) < 0)
                        return -EBADMSG;
                *p += length;
                if (**p != ' ')
                        return 0;
                (*p)++;
        }
}

/* Reads a line "BEFORE words AFTER" and moves *p behind it. 0 or -EBADMSG. */
static int parse_line(const char **p, const char *before, const char *after, BootParameters *ret)
{
        const char *end = text_after(*p, before);

        if (!end || parse_words(&end, ret) < 0)
                return -EBADMSG;
        end = text_after(end, after);
        if (!end || *end != '\n')
                return -EBADMSG;
        *p = end + 1;
        return 0;
}

int boot_store_parse(BootPlatform platform, const char *text, BootParameters *ret, BootParameters *ret_leaving)
{
        BootParameters parameters = {}, leaving = {};
        const char *p = text_after(text, STORE_MARK);

        if (!p)
                return -EBADMSG;
        if (text_after(p, STORE_LEAVING) && parse_line(&p, STORE_LEAVING, "", &leaving) < 0)
                return -EBADMSG;
        if ((*p || leaving.n == 0) && parse_line(&p, stores[platform].before, stores[platform].after, &parameters) < 0)
                return -EBADMSG;
        if (*p)
                return -EBADMSG;
        *ret = parameters;
        *ret_leaving = leaving;
        return 0;
}
