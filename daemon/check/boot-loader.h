/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Which boot loader booted this machine, and which program therefore manages its boot parameters. A boot loader that
 * is only installed does not count.
 */
#pragma once

#include <stdbool.h>

#include "check/layout.h"

typedef enum BootPlatform {
        BOOT_UNKNOWN,
        BOOT_BOOTC,
        BOOT_OSTREE,
        BOOT_UKI,
        BOOT_PROXMOX,     /* proxmox-boot-tool with systemd-boot: /etc/kernel/cmdline */
        BOOT_ZFSBOOTMENU, /* a property of the data set */
        BOOT_REFIND,      /* /boot/refind_linux.conf */
        BOOT_OTHER,       /* a loader that has told its name, and that tscwarden does not know; or none at all */
        BOOT_GRUBBY,      /* BLS entries: changed with grubby(8) */
        BOOT_UPDATE_GRUB, /* Debian's GRUB: a file of ours in /etc/default/grub.d, and update-grub */
        BOOT_GRUB_MKCONFIG, /* SUSE's and Arch's GRUB, or Red Hat's without BLS entries: /etc/default/grub and grub-mkconfig */
        BOOT_KERNEL_INSTALL, /* /etc/kernel/cmdline */
        BOOT_PLATFORM_MAX_,
} BootPlatform;

#define BOOT_LOADER_SIZE 64

/* What tells platforms apart. Programs: found as tool_find() does. */
typedef struct BootFacts {
        bool ostree_booted; /* /run/ostree-booted */
        bool has_bootc, has_rpm_ostree, has_grubby, has_update_grub;
        bool stub; /* systemd-stub's EFI variable: a unified kernel image was booted (systemd-stub(7)) */
        /* The EFI variable LoaderInfo: "systemd-boot 252", "GRUB 2.12"; "" for none, as with older GRUBs and without EFI. */
        char loader[BOOT_LOADER_SIZE];
        bool efi;        /* /sys/firmware/efi */
        bool boot_image; /* BOOT_IMAGE= on the running kernel's command line: GRUB, syslinux and the like put it there */
        bool zfs_root;   /* root=ZFS=… or root=zfs:… there */
        bool proxmox;    /* /etc/kernel/proxmox-boot-uuids */
        bool refind;     /* /boot/refind_linux.conf */
        bool bls;        /* GRUB_ENABLE_BLSCFG=true in /etc/default/grub */
        bool grub_cfg;   /* /boot/grub/grub.cfg is there: update-grub alone may be left over */
        bool default_grub;        /* /etc/default/grub is there */
        bool default_grub_quoted; /* and boot_text_has_quoted_cmdline() */
        bool grub2_cfg;           /* /boot/grub2/grub.cfg is there */
        bool kernel_cmdline;      /* /etc/kernel/cmdline is there */
        char kernel_image[160];   /* of the running kernel: in /lib/modules or /boot; "" for none */
} BootFacts;

BootPlatform boot_platform_detect(const BootFacts *facts);
/* Whose grub.cfg it is, and what makes that, where GRUB's own scripts do. */
const Layout *boot_grub_layout(const BootFacts *facts);

/* Whether the last GRUB_ENABLE_BLSCFG= of a text like /etc/default/grub says true. */
bool boot_text_enables_bls(const char *text);
/* LoaderInfo as efivarfs has it: four bytes of attributes, then UTF-16LE. Other characters than ASCII's become '?'. */
void boot_loader_decode(const char *bytes, unsigned size, char ret[static BOOT_LOADER_SIZE]);
