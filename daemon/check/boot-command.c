/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "check/boot-command.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

bool boot_text_has_quoted_cmdline(const char *text)
{
        static const char key[] = "GRUB_CMDLINE_LINUX=";
        unsigned n = 0;
        bool quoted = false;

        while (text && *text) {
                const char *line = text + strspn(text, " \t");

                if (strncmp(line, key, strlen(key)) == 0) {
                        n++;
                        quoted = line == text && line[strlen(key)] == '"';
                }
                text += strcspn(text, "\n");
                text += *text == '\n';
        }
        return n == 1 && quoted;
}

static int format_ostree(const BootParameters *parameters, char **ret)
{
        char buffer[BOOT_PARAMETERS_MAX * 80];
        int at = snprintf(buffer, sizeof(buffer), "rpm-ostree kargs");

        for (unsigned i = 0; i < parameters->n; i++)
                at += snprintf(buffer + at, sizeof(buffer) - at, " --append-if-missing=%s", parameters->words[i]);
        *ret = strdup(buffer);
        return *ret ? 0 : -ENOMEM;
}

/* grub-mkconfig sources the file in a shell, so an assignment at its end can refer to the value so far. */
static int format_mkconfig(const BootConfig *config, const char *words, char **ret)
{
        const char *then = boot_grub_layout(&config->facts)->grub_mkconfig;
        int r;

        if (config->facts.default_grub_quoted)
                r = asprintf(ret, "sed -i --follow-symlinks 's/^GRUB_CMDLINE_LINUX=\"/&%s /' /etc/default/grub && %s",
                             words, then);
        else
                r = asprintf(ret,
                             "printf '\\nGRUB_CMDLINE_LINUX=\"$GRUB_CMDLINE_LINUX %s\"\\n' >> /etc/default/grub && %s",
                             words, then);
        return r < 0 ? -ENOMEM : 0;
}

/* The first line of the file is the command line. sed(1) appends to it, because the file may lack the final newline. */
static int format_kernel_cmdline(const char *words, const char *then, const char *image, char **ret)
{
        return asprintf(ret, "sed -i --follow-symlinks '1s/$/ %s/' /etc/kernel/cmdline && %s%s", words, then, image) <
                               0 ?
                       -ENOMEM :
                       0;
}

int boot_command_format(const BootConfig *config, const BootParameters *parameters, char **ret)
{
        const BootFacts *facts = &config->facts;
        char words[BOOT_PARAMETERS_TEXT], *text = NULL;
        int r = 0;

        (void)boot_parameters_join(parameters, words);
        if ((config->platform == BOOT_OSTREE || config->platform == BOOT_BOOTC) && facts->has_rpm_ostree)
                r = format_ostree(parameters, &text);
        else if (config->error < 0)
                text = NULL;
        else if (config->platform == BOOT_GRUB_MKCONFIG)
                r = format_mkconfig(config, words, &text);
        else if (config->platform == BOOT_PROXMOX)
                r = format_kernel_cmdline(words, "proxmox-boot-tool refresh", "", &text);
        else if (config->platform == BOOT_KERNEL_INSTALL && facts->kernel_image[0])
                r = format_kernel_cmdline(words, "kernel-install add \"$(uname -r)\" ", facts->kernel_image, &text);
        if (r < 0)
                return r;
        *ret = text;
        return 0;
}
