/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "check/boot-need.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "model/facts.h"
#include "model/clock-words.h"
#include "model/cmdline.h"

/* The bits of `wanted` that a kernel booted with `cmdline` lacks. One is not lacking if `cmdline` has another
 * parameter with the same effect. */
static unsigned lacking(const Facts *facts, const char *cmdline, Verdict verdict, ClockReason reason,
                        const char *const *wanted)
{
        const char *missing[BOOT_PARAMETERS_MAX + 1];
        Facts booted = *facts;
        unsigned lacks = 0;

        booted.cmdline = cmdline;
        (void)clock_boot_parameters_missing(&booted, verdict, reason, missing);
        for (unsigned i = 0; wanted[i]; i++)
                for (unsigned j = 0; missing[j]; j++)
                        if (strcmp(wanted[i], missing[j]) == 0)
                                lacks |= 1U << i;
        return lacks;
}

void boot_need_find(const Facts *facts, Verdict verdict, ClockReason reason, const BootConfig *config, BootNeed *ret)
{
        Facts bare = *facts;
        char value[64];

        *ret = (BootNeed) {};
        bare.cmdline = NULL;
        (void)clock_boot_parameters_missing(&bare, verdict, reason, ret->wanted);
        ret->unbooted = lacking(facts, facts->cmdline, verdict, reason, ret->wanted);
        for (size_t i = 0; i < config->n; i++)
                ret->unconfigured |= lacking(facts, config->cmdlines[i], verdict, reason, ret->wanted);
        if (config->error < 0)
                ret->unconfigured = ret->unbooted;
        ret->concerned = ret->unbooted | ret->unconfigured;
        for (unsigned i = 0; ret->wanted[i]; i++)
                if (cmdline_has_word(facts->cmdline, ret->wanted[i]) || boot_config_count(config, ret->wanted[i]) > 0)
                        ret->concerned |= 1U << i;
        for (unsigned i = 0; ret->wanted[i]; i++)
                /* The kernel uses the last of several values. */
                if (ret->concerned >> i & 1 && boot_config_contradicts(config, ret->wanted[i], value, sizeof(value)))
                        ret->unconfigured |= 1U << i;
        for (unsigned i = 0; ret->wanted[i]; i++)
                if (config->ours_before_boot && boot_parameters_have(&config->ours, ret->wanted[i]))
                        ret->not_taken |= ret->unbooted & ~ret->unconfigured & 1U << i;
}

int boot_store_obstacle(const BootConfig *config, char **ret)
{
        const char *directory = boot_store_directory(config->platform), *name = boot_store_name(config->platform);
        char *text;

        if (config->ours_error == 0) {
                *ret = NULL;
                return 0;
        }
        text = config->ours_error == -EBADMSG ?
                       text_format("%s/%s was not written by kargs apply, or was changed since: remove it first",
                                   directory, name) :
                       text_format("Cannot read %s/%s: %s", directory, name, strerror(-config->ours_error));
        if (!text)
                return -ENOMEM;
        *ret = text;
        return 0;
}

/* Refuses what `kargs revert` could not restore. An entry has another value: grubby would replace it. Only some
 * entries have the parameter: grubby sets it in all and, on revert, would remove it from all. */
static int parameter_obstacle(const BootConfig *config, const char *parameter, char **ret)
{
        bool grubby = config->platform == BOOT_GRUBBY, contradicted, of_entries;
        char value[64] = "", word[128];
        const char *owner;
        size_t n;

        *ret = NULL;
        contradicted = boot_config_contradicts(config, parameter, value, sizeof(value));
        snprintf(word, sizeof(word), "%.*s=%s", (int)strcspn(parameter, "="), parameter,
                 contradicted ? value : parameter + strcspn(parameter, "=") + 1);
        owner = boot_config_owner(config, word);
        of_entries = grubby && (!owner || owner[0] != '/');
        n = boot_config_count(config, word);
        if (!contradicted && (!grubby || n == 0 || n == config->n))
                return 0;
        *ret = text_format("%s is in %zu of %zu boot entries%s%s: remove it first%s%s", word, n, config->n,
                           owner ? ", set by " : "", owner ? owner : "",
                           of_entries ? ": grubby --update-kernel=ALL --remove-args=" : "", of_entries ? word : "");
        return *ret ? 0 : -ENOMEM;
}

BootParameters boot_need_take(const BootNeed *need, unsigned mask)
{
        BootParameters parameters = {};

        for (unsigned i = 0; need->wanted[i]; i++)
                if (mask >> i & 1)
                        (void)boot_parameters_add(&parameters, need->wanted[i]);
        return parameters;
}

int boot_need_obstacle(const BootNeed *need, const BootConfig *config, char **ret)
{
        char *text = NULL;
        int r = boot_store_obstacle(config, &text);

        for (unsigned i = 0; r == 0 && !text && need->wanted[i]; i++)
                if (need->concerned >> i & 1)
                        r = parameter_obstacle(config, need->wanted[i], &text);
        if (r == 0)
                *ret = text;
        return r;
}
