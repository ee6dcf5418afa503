/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "check/boot-command.h"

#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "check/boot-platform.h"

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

/* grub-mkconfig sources the file in a shell, so an assignment at its end can refer to the value so far. */
static char *format_mkconfig(const BootConfig *config, const char *words)
{
        const char *then = boot_grub_layout(&config->facts)->grub_mkconfig;

        if (config->facts.default_grub_quoted)
                return text_format("sed -i --follow-symlinks 's/^GRUB_CMDLINE_LINUX=\"/&%s /' /etc/default/grub && %s",
                                   words, then);
        return text_format("printf '\\nGRUB_CMDLINE_LINUX=\"$GRUB_CMDLINE_LINUX %s\"\\n' >> /etc/default/grub && %s",
                           words, then);
}

/* The first line of the file is the command line. sed(1) appends to it, because the file may lack the final newline. */
static char *format_kernel_cmdline(const char *words, const char *then, const char *image)
{
        return text_format("sed -i --follow-symlinks '1s/$/ %s/' /etc/kernel/cmdline && %s%s", words, then, image);
}

int boot_command_format(const BootConfig *config, const BootParameters *parameters, char **ret)
{
        const BootFacts *facts = &config->facts;
        BootPlatform platform = config->platform;
        char words[BOOT_PARAMETERS_TEXT], *text;

        (void)boot_parameters_join(parameters, words);
        if ((platform == BOOT_OSTREE || platform == BOOT_BOOTC) && facts->has_rpm_ostree)
                text = boot_platform_advice(facts, BOOT_OSTREE, parameters);
        else if (config->error == 0 && platform == BOOT_GRUB_MKCONFIG)
                text = format_mkconfig(config, words);
        else if (config->error == 0 && platform == BOOT_PROXMOX)
                text = format_kernel_cmdline(words, "proxmox-boot-tool refresh", "");
        else if (config->error == 0 && platform == BOOT_KERNEL_INSTALL && facts->kernel_image[0])
                text = format_kernel_cmdline(words, "kernel-install add \"$(uname -r)\" ", facts->kernel_image);
        else {
                *ret = NULL;
                return 0;
        }
        if (!text)
                return -ENOMEM;
        *ret = text;
        return 0;
}
