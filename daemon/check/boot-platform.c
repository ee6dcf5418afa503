/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "check/boot-platform.h"

#include <stdio.h>

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
