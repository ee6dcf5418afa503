/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "check/boot-platform.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/macro.h"

static const struct {
        const char *name, *description;
} platforms[BOOT_PLATFORM_MAX_] = {
        [BOOT_UNKNOWN] = { "unknown", "no boot loader that tscwarden knows" },
        [BOOT_BOOTC] = { "bootc", "bootc: the parameters belong to the image" },
        [BOOT_OSTREE] = { "rpm-ostree", "ostree: the parameters belong to the deployment" },
        [BOOT_UKI] = { "uki", "a unified kernel image: the parameters are part of it" },
        [BOOT_PROXMOX] = { "proxmox", "systemd-boot by proxmox-boot-tool (/etc/kernel/cmdline)" },
        [BOOT_ZFSBOOTMENU] = { "zfsbootmenu", "ZFSBootMenu: the parameters are a property of the data set" },
        [BOOT_REFIND] = { "refind", "rEFInd (/boot/refind_linux.conf)" },
        [BOOT_OTHER] = { "other",
                         "another boot loader than GRUB (LoaderInfo names it, or /proc/cmdline has no BOOT_IMAGE=)" },
        [BOOT_GRUBBY] = { "grubby", "GRUB with boot loader entries (grubby)" },
        [BOOT_UPDATE_GRUB] = { "update-grub", "Debian's GRUB (/etc/default/grub.d, update-grub)" },
        [BOOT_GRUB_MKCONFIG] = { "grub2-mkconfig", "GRUB (/etc/default/grub, grub-mkconfig)" },
        [BOOT_KERNEL_INSTALL] = { "kernel-install", "kernel-install (/etc/kernel/cmdline)" },
};

const char *boot_platform_to_string(BootPlatform platform)
{
        return platforms[platform].name;
}

const char *boot_platform_describe(BootPlatform platform)
{
        return platforms[platform].description;
}

/* Returns the parameters as "BEFORE a=1 BETWEEN b=2 AFTER". */
static char *list(const BootParameters *parameters, const char *before, const char *between, const char *after)
{
        _cleanup_free_ char *middle = strdup("");
        char *text;

        for (unsigned i = 0; middle && i < parameters->n; i++) {
                char *longer;

                if (asprintf(&longer, "%s%s%s", middle, i > 0 ? between : "", parameters->words[i]) < 0)
                        return NULL;
                free(middle);
                middle = longer;
        }
        if (!middle || asprintf(&text, "%s%s%s", before, middle, after) < 0)
                return NULL;
        return text;
}

static char *advise_mkconfig(const BootFacts *facts, const BootParameters *parameters)
{
        char then[80];

        snprintf(then, sizeof(then), "\nThen: %s", boot_grub_layout(facts)->grub_mkconfig);
        return list(parameters, "Add to GRUB_CMDLINE_LINUX in /etc/default/grub:\n", " ", then);
}

char *boot_platform_advice(const BootFacts *facts, BootPlatform platform, const BootParameters *parameters)
{
        switch (platform) {
        case BOOT_BOOTC:
                if (facts->has_rpm_ostree)
                        return list(
                                parameters, "rpm-ostree kargs --append-if-missing=", " --append-if-missing=",
                                "\nOr, for every host of this image, in /usr/lib/bootc/kargs.d/10-tscwarden.toml of it: the "
                                "same as a list, kargs = [\"NAME=VALUE\"].");
                return list(parameters, "In the image, /usr/lib/bootc/kargs.d/10-tscwarden.toml:\nkargs = [\"",
                            "\", \"", "\"]");
        case BOOT_OSTREE:
                return list(parameters, "rpm-ostree kargs --append-if-missing=", " --append-if-missing=", "");
        case BOOT_UKI:
                return list(parameters,
                            "Add to the command line that ukify(1) builds the image with, and build it anew; or, "
                            "an addon beside it (systemd-stub(7)), signed under Secure Boot:\n",
                            " ", "");
        case BOOT_PROXMOX:
                return list(parameters, "Add to the line in /etc/kernel/cmdline:\n", " ",
                            "\nThen: proxmox-boot-tool refresh");
        case BOOT_ZFSBOOTMENU:
                return list(
                        parameters,
                        "Add to the property org.zfsbootmenu:commandline of the data set that is booted "
                        "(zfs get org.zfsbootmenu:commandline; zfs set keeps only what it is given, so repeat what stands there):\n",
                        " ", "");
        case BOOT_REFIND:
                return list(parameters, "Add to the quoted parameters of each line in /boot/refind_linux.conf:\n", " ",
                            "");
        case BOOT_OTHER:
                return list(
                        parameters,
                        "GRUB has not booted this machine, so its files have no effect. Add to the kernel's command "
                        "line where the loader that did, or the firmware's boot entry (efibootmgr -v), has it:\n",
                        " ", "");
        case BOOT_GRUB_MKCONFIG:
                return advise_mkconfig(facts, parameters);
        case BOOT_GRUBBY:
                return list(parameters, "grubby --update-kernel=ALL --args=\"", " ", "\"");
        case BOOT_UPDATE_GRUB:
                return list(parameters,
                            "In /etc/default/grub.d/90-tscwarden.cfg:\nGRUB_CMDLINE_LINUX=\"$GRUB_CMDLINE_LINUX ", " ",
                            "\"\nThen: update-grub");
        case BOOT_KERNEL_INSTALL:
                return list(parameters, "Add to the line in /etc/kernel/cmdline:\n", " ",
                            "\nThen, for the kernel that runs: kernel-install add \"$(uname -r)\" "
                            "\"/lib/modules/$(uname -r)/vmlinuz\"");
        default:
                return list(parameters, "Add to the kernel's command line in your boot loader's configuration:\n", " ",
                            "");
        }
}
