/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "check/boot-config.h"
#include "check/boot-loader.h"
#include "check/boot-platform.h"
#include "check/boot-store.h"
#include "ctl/json.h"
#include "ctl/kargs.h"
#include "show/print.h"

#define INDENT 7

static void show_configured(char *buffer, size_t size, const Kargs *kargs, const KargsParameter *parameter)
{
        const char *owner = boot_config_owner(&kargs->config, parameter->word);
        size_t n = kargs->config.n;

        if (kargs->config.error < 0)
                snprintf(buffer, size, "not known");
        else if (parameter->contradiction)
                snprintf(buffer, size, "no, but %s", parameter->contradiction);
        else if (parameter->n_configured == 0)
                snprintf(buffer, size, "no");
        else if (parameter->n_configured < n)
                snprintf(buffer, size, "in %zu of %zu boot entries", parameter->n_configured, n);
        else
                snprintf(buffer, size, "yes%s%s%s", owner ? ", by " : "", owner ? owner : "",
                         kargs_is_orphan(kargs, parameter) ?
                                 ", but by no file in /etc/default: update-grub will remove it" :
                                 "");
}

static void show_parameter(FILE *out, const Kargs *kargs, const KargsParameter *parameter)
{
        char configured[PATH_MAX + 64];

        show_configured(configured, sizeof(configured), kargs, parameter);
        fprintf(out, "%*s%s\n", INDENT, "", parameter->word);
        print_format(out, "", INDENT + 2, "booted with: %s; the kernel has: %s; configured: %s",
                     parameter->booted ? "yes" : "no", parameter->in_force ? parameter->in_force : "not known",
                     configured);
}

/* Prints each line of `text` without wrapping it, since it may be a command. */
static void show_lines(FILE *out, const char *text)
{
        for (; *text; text += strcspn(text, "\n"), text += *text == '\n')
                fprintf(out, "%*s%.*s\n", INDENT + 2, "", (int)strcspn(text, "\n"), text);
}

/* Returns what `kargs apply` would do, or what a person has to do. Heap string, NULL when out of memory. */
static char *describe_command(const Kargs *kargs)
{
        const BootConfig *config = &kargs->config;
        BootParameters missing = boot_need_take(&kargs->need, kargs->need.unconfigured), all = {};

        /* With update-grub the whole file is shown, including the parameters that it has already. */
        if (config->platform == BOOT_UPDATE_GRUB)
                all = config->ours;
        for (unsigned i = 0; i < missing.n; i++)
                (void)boot_parameters_add(&all, missing.words[i]);
        return boot_platform_advice(&config->facts, config->platform, &all);
}

/* If the lines above are no command but one exists, prints it. `check` prints the same. */
static int show_as_command(FILE *out, const Kargs *kargs)
{
        BootParameters missing = boot_need_take(&kargs->need, kargs->need.unconfigured);
        _cleanup_free_ char *command = NULL;

        if (boot_platform_is_supported(kargs->config.platform) || kargs->config.facts.has_rpm_ostree)
                return 0;
        if (boot_command_format(&kargs->config, &missing, &command) < 0)
                return -ENOMEM;
        if (command)
                fprintf(out, "%*sAs a command for a root shell:\n%*s# %s\n", INDENT, "", INDENT, "", command);
        return 0;
}

static int show_to_do(FILE *out, const Kargs *kargs)
{
        _cleanup_free_ char *command = NULL, *obstacle = NULL;
        const char *text;

        if (boot_need_obstacle(&kargs->need, &kargs->config, &obstacle) < 0)
                return -ENOMEM;
        if (kargs->config.leaving.n > 0)
                text = "tscwarden kargs revert (or apply): an earlier one was killed while it removed parameters";
        else if (kargs->need.unconfigured)
                text = obstacle;
        else if (kargs->need.not_taken)
                text = "the boot loader did not pass them to the kernel, although they were configured: find out which boot loader and which entry start this machine";
        else
                text = kargs->reboot ? "reboot" : "nothing";
        if (text) {
                print_wrapped(out, "To do", INDENT, text);
                return 0;
        }
        command = describe_command(kargs);
        if (!command)
                return -ENOMEM;
        if (boot_platform_is_supported(kargs->config.platform))
                print_wrapped(out, "To do", INDENT,
                              "tscwarden kargs apply, then reboot. It does this, and kargs revert undoes it:");
        else
                print_wrapped(out, "To do", INDENT, "by hand, then reboot:");
        show_lines(out, command);
        return show_as_command(out, kargs);
}

int kargs_show(FILE *out, const Kargs *kargs)
{
        const BootConfig *config = &kargs->config;
        const char *there = "";

        if (!kargs->need.unconfigured)
                there = kargs->reboot ? ", configured for the next boot" : ", all set";
        if (kargs->n == 0)
                print_wrapped(out, "Boot", INDENT, "no parameter is needed");
        else
                fprintf(out, "%-*s%u parameter%s needed%s\n", INDENT, "Boot", kargs->n, kargs->n == 1 ? "" : "s",
                        there);
        print_wrapped(out, "", INDENT, kargs->reason);
        for (unsigned i = 0; i < kargs->n; i++)
                show_parameter(out, kargs, &kargs->parameters[i]);
        if (kargs->n == 0 && config->ours.n + config->leaving.n == 0)
                return 0;
        print_format(out, "Where", INDENT, "%s; what is configured: %s%s", boot_platform_describe(config->platform),
                     config->error < 0 ? boot_config_explain_error(config) : "from ",
                     config->error < 0 ? "" : config->source);
        return show_to_do(out, kargs);
}

static void json_parameter(const Kargs *kargs, const KargsParameter *parameter, struct json_object *json)
{
        bool known = kargs->config.error == 0;

        json_add(json, "Parameter", json_string(parameter->word));
        json_add(json, "Configured",
                 known ? json_object_new_boolean(!parameter->contradiction &&
                                                 parameter->n_configured == kargs->config.n) :
                         NULL);
        json_add(json, "ConfiguredBy", json_string(boot_config_owner(&kargs->config, parameter->word)));
        json_add(json, "OtherValue", json_string(parameter->contradiction));
        json_add(json, "Booted", json_object_new_boolean(parameter->booted));
        json_add(json, "InForce", json_string(parameter->in_force));
}

int kargs_show_json(FILE *out, const Kargs *kargs)
{
        struct json_object *json = json_object_new_object(), *parameters = json_add_list(json, "Wanted");
        _cleanup_free_ char *command = kargs->need.unconfigured ? describe_command(kargs) : NULL;

        for (unsigned i = 0; i < kargs->n; i++)
                json_parameter(kargs, &kargs->parameters[i], json_append_object(parameters));
        json_add(json, "Reason", json_string(kargs->reason));
        json_add(json, "Verdict", json_string(verdict_to_string(kargs->verdict)));
        json_add(json, "Platform", json_string(boot_platform_to_string(kargs->config.platform)));
        json_add(json, "ConfiguredSource", json_string(kargs->config.error < 0 ? NULL : kargs->config.source));
        json_add(json, "RebootNeeded", json_object_new_boolean(kargs->reboot));
        json_add(json, "CanApply", json_object_new_boolean(boot_platform_is_supported(kargs->config.platform)));
        /* Not json_string(): these are tscwarden's own lines. */
        json_add(json, "Command", command ? json_object_new_string(command) : NULL);
        return json_print(out, json);
}
