/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Where each family of distributions keeps the files and units that `check`, `kargs` and `guest setup` read, name and
 * write. The files that exist decide which family it is, not the distribution's name, because derivatives have many
 * names.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

typedef enum LayoutFamily {
        LAYOUT_DEBIAN,  /* Debian, Ubuntu, Proxmox */
        LAYOUT_ARCH,    /* Arch, Gentoo */
        LAYOUT_RED_HAT, /* Fedora, RHEL and its rebuilds, SUSE; NixOS has their names of units */
        LAYOUT_MAX_,
} LayoutFamily;

typedef struct Layout {
        const char *settings;       /* the folder of services' settings (libvirt's meson.build: initconfdir) */
        const char *chrony_config;  /* chronyd's, as the distribution builds it */
        const char *chrony_folder;  /* for a confdir in it */
        const char *chrony_service; /* without ".service"; Debian has the other name as an alias, once it is enabled */
        const char *grub_config;    /* made by: */
        const char *grub_mkconfig;  /* the command for a root shell */
} Layout;

extern const Layout layouts[LAYOUT_MAX_];

/* The one whose chrony_config is there, Debian's before others; NULL for none. `exists`: of a path. */
const Layout *layout_find_chrony(bool (*exists)(const char *path));
/* The one whose folder of settings is there: Debian's is nearly everywhere, and counts where no other is. Never NULL. */
const Layout *layout_find_settings(bool (*exists)(const char *path));
/* chronyd's service where it reads `config` (NULL: it has none): that of the family whose file it is, unless only another one's unit is
 * there. `has_unit`: of "chrony.service". A literal. */
const char *layout_chrony_service(const char *config, bool (*has_unit)(const char *unit));
