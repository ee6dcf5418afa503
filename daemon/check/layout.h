/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Where each family of distributions keeps the files and units that `check`, `kargs` and `guest setup` read, name and
 * write. The files that exist decide the family; the distribution's name does not, because derivatives have many names.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

typedef enum LayoutFamily {
        LAYOUT_DEBIAN,  /* Debian, Ubuntu, Proxmox */
        LAYOUT_ARCH,    /* Arch, Gentoo */
        LAYOUT_RED_HAT, /* Fedora, RHEL and its rebuilds, SUSE; NixOS, whose units have the same names */
        LAYOUT_MAX_,
} LayoutFamily;

typedef struct Layout {
        const char *settings;       /* folder with the settings of services (libvirt's meson.build: initconfdir) */
        const char *chrony_config;  /* the configuration file that the distribution's chronyd reads */
        const char *chrony_folder;  /* the folder to name in a `confdir` line of it */
        const char *chrony_service; /* without ".service"; on Debian "chronyd" is an alias if it is enabled */
        const char *grub_config;    /* path of grub.cfg */
        const char *grub_mkconfig;  /* the command for a root shell that generates grub.cfg */
} Layout;

extern const Layout layouts[LAYOUT_MAX_];

/* The layout whose chrony_config exists (Debian's is tried first), or NULL. `exists` says whether a path exists. */
const Layout *layout_find_chrony(bool (*exists)(const char *path));
/* The layout whose settings folder exists, never NULL. Debian's folder exists on nearly all systems, so Debian's
 * layout is returned only if no other folder exists. */
const Layout *layout_find_settings(bool (*exists)(const char *path));
/* The name of chronyd's service, a literal: that of the layout to which `config` belongs (NULL: no configuration was
 * found), or of another layout if only that one's unit exists. `has_unit` says whether a unit ("chrony.service")
 * exists. */
const char *layout_chrony_service(const char *config, bool (*has_unit)(const char *unit));
