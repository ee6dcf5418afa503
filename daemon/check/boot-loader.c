/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "check/boot-loader.h"

#include <string.h>
#include <strings.h>

#include "base/words.h"

/* The boot loader has set LoaderInfo, and it is not GRUB. */
static BootPlatform detect_by_name(const BootFacts *facts)
{
        if (facts->proxmox)
                return BOOT_PROXMOX;
        if (text_after(facts->loader, "systemd-boot"))
                return BOOT_KERNEL_INSTALL;
        if (strncasecmp(facts->loader, "rEFInd", 6) == 0)
                return BOOT_REFIND;
        return strncasecmp(facts->loader, "ZFSBootMenu", 11) == 0 ? BOOT_ZFSBOOTMENU : BOOT_OTHER;
}

/* EFI without LoaderInfo and without BOOT_IMAGE=: not GRUB, which always passes BOOT_IMAGE=. */
static BootPlatform detect_nameless(const BootFacts *facts)
{
        if (facts->proxmox)
                return BOOT_PROXMOX;
        if (facts->refind)
                return BOOT_REFIND;
        return facts->zfs_root ? BOOT_ZFSBOOTMENU : BOOT_OTHER;
}

BootPlatform boot_platform_detect(const BootFacts *facts)
{
        if (facts->ostree_booted)
                return facts->has_bootc ? BOOT_BOOTC : BOOT_OSTREE;
        if (facts->stub)
                return BOOT_UKI;
        if (facts->loader[0] && strncasecmp(facts->loader, "GRUB", 4) != 0)
                return detect_by_name(facts);
        if (facts->efi && !facts->loader[0] && !facts->boot_image)
                return detect_nameless(facts);
        /* Without EFI, ZFSBootMenu starts the kernel by kexec, without BOOT_IMAGE=. */
        if (facts->zfs_root && !facts->boot_image && !facts->grub_cfg)
                return BOOT_ZFSBOOTMENU;
        if (facts->has_grubby && facts->bls)
                return BOOT_GRUBBY;
        if (facts->has_update_grub && facts->grub_cfg)
                return BOOT_UPDATE_GRUB;
        /* Tested before kernel_cmdline: with GRUB_ENABLE_BLSCFG=false /etc/kernel/cmdline exists too but has no
         * effect. */
        if (facts->grub2_cfg || (facts->has_grubby && facts->default_grub))
                return BOOT_GRUB_MKCONFIG;
        /* Arch. */
        if (facts->grub_cfg && facts->default_grub && facts->boot_image)
                return BOOT_GRUB_MKCONFIG;
        return facts->kernel_cmdline ? BOOT_KERNEL_INSTALL : BOOT_UNKNOWN;
}

const Layout *boot_grub_layout(const BootFacts *facts)
{
        if (facts->has_update_grub && facts->grub_cfg)
                return &layouts[LAYOUT_DEBIAN];
        return &layouts[facts->grub_cfg && !facts->grub2_cfg ? LAYOUT_ARCH : LAYOUT_RED_HAT];
}

bool boot_text_enables_bls(const char *text)
{
        bool enabled = false;

        for (const char *line = text; line; line = text_next_line(line)) {
                const char *value = text_after(line + strspn(line, " \t"), "GRUB_ENABLE_BLSCFG=");

                if (value)
                        enabled = text_after(value + strspn(value, "\"'"), "true");
        }
        return enabled;
}

bool boot_text_has_quoted_cmdline(const char *text)
{
        unsigned n = 0, n_quoted = 0;

        for (const char *line = text; line; line = text_next_line(line)) {
                n += text_after(line + strspn(line, " \t"), "GRUB_CMDLINE_LINUX=") != NULL;
                n_quoted += text_after(line, "GRUB_CMDLINE_LINUX=\"") != NULL;
        }
        return n == 1 && n_quoted == 1;
}

void boot_loader_decode(const char *bytes, unsigned size, char ret[static BOOT_LOADER_SIZE])
{
        unsigned n = 0;

        for (unsigned i = 4; i + 1 < size && n + 1 < BOOT_LOADER_SIZE; i += 2) {
                if (!bytes[i] && !bytes[i + 1])
                        break;
                ret[n++] = (bytes[i + 1] || bytes[i] < ' ') ? '?' : bytes[i];
        }
        ret[n] = '\0';
}
