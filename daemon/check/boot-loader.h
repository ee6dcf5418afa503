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
        BOOT_PROXMOX,        /* proxmox-boot-tool with systemd-boot: /etc/kernel/cmdline */
        BOOT_ZFSBOOTMENU,    /* a property of the data set */
        BOOT_REFIND,         /* /boot/refind_linux.conf */
        BOOT_OTHER,          /* a boot loader that tscwarden does not know, or none at all */
        BOOT_GRUBBY,         /* BLS entries: changed with grubby(8) */
        BOOT_UPDATE_GRUB,    /* Debian's GRUB: tscwarden's file in /etc/default/grub.d, then update-grub */
        BOOT_GRUB_MKCONFIG,  /* GRUB of SUSE, Arch or Red Hat without BLS entries: /etc/default/grub, grub-mkconfig */
        BOOT_KERNEL_INSTALL, /* /etc/kernel/cmdline */
        BOOT_PLATFORM_MAX_,
} BootPlatform;

#define BOOT_LOADER_SIZE 64

/* What distinguishes the platforms. has_…: tool_find() finds the program. */
typedef struct BootFacts {
        bool ostree_booted; /* /run/ostree-booted */
        bool has_bootc, has_rpm_ostree, has_grubby, has_update_grub;
        bool stub; /* the EFI variable StubInfo exists, so a unified kernel image was booted (systemd-stub(7)) */
        /* The EFI variable LoaderInfo: "systemd-boot 252", "GRUB 2.12". "" without EFI and with older GRUBs, which do
         * not set it. */
        char loader[BOOT_LOADER_SIZE];
        bool efi;          /* /sys/firmware/efi */
        bool boot_image;   /* the running kernel's command line has BOOT_IMAGE=, which GRUB and syslinux add */
        bool zfs_root;     /* the running kernel's command line has root=ZFS=… or root=zfs:… */
        bool proxmox;      /* /etc/kernel/proxmox-boot-uuids */
        bool refind;       /* /boot/refind_linux.conf */
        bool bls;          /* GRUB_ENABLE_BLSCFG=true in /etc/default/grub */
        bool grub_cfg;     /* /boot/grub/grub.cfg exists; without it update-grub is a leftover of a removed GRUB */
        bool default_grub; /* /etc/default/grub exists */
        bool default_grub_quoted; /* boot_text_has_quoted_cmdline() is true for it */
        bool grub2_cfg;           /* /boot/grub2/grub.cfg exists */
        bool kernel_cmdline;      /* /etc/kernel/cmdline exists */
        char kernel_image[160];   /* path of the running kernel's image in /lib/modules or /boot; "" for none */
} BootFacts;

BootPlatform boot_platform_detect(const BootFacts *facts);
/* The layout whose grub.cfg this machine has. Its members name the file and the command that generates it. */
const Layout *boot_grub_layout(const BootFacts *facts);

/* True if the last GRUB_ENABLE_BLSCFG= of a text like /etc/default/grub is "true". */
bool boot_text_enables_bls(const char *text);
/* True if a text like /etc/default/grub assigns GRUB_CMDLINE_LINUX exactly once, at the beginning of a line, in double
 * quotes. Only then can sed(1) insert words after the first quote. */
bool boot_text_has_quoted_cmdline(const char *text);
/* Decodes LoaderInfo as efivarfs gives it: four bytes of attributes, then UTF-16LE. Characters outside ASCII become
 * '?'. */
void boot_loader_decode(const char *bytes, unsigned size, char ret[static BOOT_LOADER_SIZE]);
