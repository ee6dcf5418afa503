/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "check/boot-platform.h"

#include <errno.h>
#include <stdio.h>

#include "base/log.h"

static const struct {
        const char *name, *description;
        const char *before, *between, *after; /* advice: what to write before, between and after the parameters */
} platforms[BOOT_PLATFORM_MAX_] = {
        [BOOT_UNKNOWN] = { "unknown", "no boot loader that tscwarden knows",
                           "Add to the kernel's command line in your boot loader's configuration:\n", " ", "" },
        [BOOT_BOOTC] = { "bootc", "bootc: the parameters belong to the image",
                         "In the image, /usr/lib/bootc/kargs.d/10-tscwarden.toml:\nkargs = [\"", "\", \"", "\"]" },
        [BOOT_OSTREE] = { "rpm-ostree", "ostree: the parameters belong to the deployment",
                          "rpm-ostree kargs --append-if-missing=", " --append-if-missing=", "" },
        [BOOT_UKI] = { "uki", "a unified kernel image: the parameters are part of it",
                       "Add to the command line that ukify(1) builds the image with, and build it anew; or, an addon "
                       "beside it (systemd-stub(7)), signed under Secure Boot:\n",
                       " ", "" },
        [BOOT_PROXMOX] = { "proxmox", "systemd-boot by proxmox-boot-tool (/etc/kernel/cmdline)",
                           "Add to the line in /etc/kernel/cmdline:\n", " ", "\nThen: proxmox-boot-tool refresh" },
        [BOOT_ZFSBOOTMENU] = { "zfsbootmenu", "ZFSBootMenu: the parameters are a property of the data set",
                               "Add to the property org.zfsbootmenu:commandline of the data set that is booted (zfs "
                               "get org.zfsbootmenu:commandline; zfs set keeps only what it is given, so repeat what "
                               "stands there):\n",
                               " ", "" },
        [BOOT_REFIND] = { "refind", "rEFInd (/boot/refind_linux.conf)",
                          "Add to the quoted parameters of each line in /boot/refind_linux.conf:\n", " ", "" },
        [BOOT_OTHER] = { "other",
                         "another boot loader than GRUB (LoaderInfo names it, or /proc/cmdline has no BOOT_IMAGE=)",
                         "GRUB has not booted this machine, so its files have no effect. Add to the kernel's command "
                         "line where the loader that did, or the firmware's boot entry (efibootmgr -v), has it:\n",
                         " ", "" },
        [BOOT_GRUBBY] = { "grubby", "GRUB with boot loader entries (grubby)", "grubby --update-kernel=ALL --args=\"",
                          " ", "\"" },
        [BOOT_UPDATE_GRUB] = { "update-grub", "Debian's GRUB (/etc/default/grub.d, update-grub)",
                               "In /etc/default/grub.d/90-tscwarden.cfg:\nGRUB_CMDLINE_LINUX=\"$GRUB_CMDLINE_LINUX ",
                               " ", "\"\nThen: update-grub" },
        /* The command at the end depends on the distribution. */
        [BOOT_GRUB_MKCONFIG] = { "grub2-mkconfig", "GRUB (/etc/default/grub, grub-mkconfig)",
                                 "Add to GRUB_CMDLINE_LINUX in /etc/default/grub:\n", " ", "\nThen: " },
        [BOOT_KERNEL_INSTALL] = { "kernel-install", "kernel-install (/etc/kernel/cmdline)",
                                  "Add to the line in /etc/kernel/cmdline:\n", " ",
                                  "\nThen, for the kernel that runs: kernel-install add \"$(uname -r)\" "
                                  "\"/lib/modules/$(uname -r)/vmlinuz\"" },
};

const char *boot_platform_to_string(BootPlatform platform)
{
        return platforms[platform].name;
}

const char *boot_platform_describe(BootPlatform platform)
{
        return platforms[platform].description;
}

char *boot_platform_advice(const BootFacts *facts, BootPlatform platform, const BootParameters *parameters)
{
        char after[160];

        if (platform == BOOT_BOOTC && facts->has_rpm_ostree)
                return boot_parameters_format(parameters, platforms[BOOT_OSTREE].before, platforms[BOOT_OSTREE].between,
                                              "\nOr, for every host of this image, in "
                                              "/usr/lib/bootc/kargs.d/10-tscwarden.toml of it: the same as a list, "
                                              "kargs = [\"NAME=VALUE\"].");
        snprintf(after, sizeof(after), "%s%s", platforms[platform].after,
                 platform == BOOT_GRUB_MKCONFIG ? boot_grub_layout(facts)->grub_mkconfig : "");
        return boot_parameters_format(parameters, platforms[platform].before, platforms[platform].between, after);
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
