/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "check/layout.h"

#include <stdio.h>
#include <string.h>

const Layout layouts[LAYOUT_MAX_] = {
        [LAYOUT_DEBIAN] = { .settings = "/etc/default",
                            .chrony_config = "/etc/chrony/chrony.conf",
                            .chrony_folder = "/etc/chrony/conf.d",
                            .chrony_service = "chrony",
                            .grub_config = "/boot/grub/grub.cfg",
                            .grub_mkconfig = "update-grub" },
        [LAYOUT_ARCH] = { .settings = "/etc/conf.d",
                          .chrony_config = "/etc/chrony.conf",
                          .chrony_folder = "/etc/chrony.d",
                          .chrony_service = "chronyd",
                          .grub_config = "/boot/grub/grub.cfg",
                          .grub_mkconfig = "grub-mkconfig -o /boot/grub/grub.cfg" },
        [LAYOUT_RED_HAT] = { .settings = "/etc/sysconfig",
                             .chrony_config = "/etc/chrony.conf",
                             .chrony_folder = "/etc/chrony.d",
                             .chrony_service = "chronyd",
                             .grub_config = "/boot/grub2/grub.cfg",
                             .grub_mkconfig = "grub2-mkconfig -o /boot/grub2/grub.cfg" },
};

const Layout *layout_find_chrony(bool (*exists)(const char *path))
{
        for (LayoutFamily family = 0; family < LAYOUT_MAX_; family++)
                if (exists(layouts[family].chrony_config))
                        return &layouts[family];
        return NULL;
}

const Layout *layout_find_settings(bool (*exists)(const char *path))
{
        for (LayoutFamily family = LAYOUT_MAX_ - 1; family > LAYOUT_DEBIAN; family--)
                if (exists(layouts[family].settings))
                        return &layouts[family];
        return &layouts[LAYOUT_DEBIAN];
}

static bool has_service(const Layout *layout, bool (*has_unit)(const char *unit))
{
        char unit[32];

        snprintf(unit, sizeof(unit), "%s.service", layout->chrony_service);
        return has_unit(unit);
}

const char *layout_chrony_service(const char *config, bool (*has_unit)(const char *unit))
{
        const Layout *of_file = NULL;

        for (LayoutFamily family = 0; config && !of_file && family < LAYOUT_MAX_; family++)
                if (strcmp(config, layouts[family].chrony_config) == 0)
                        of_file = &layouts[family];
        if (of_file && has_service(of_file, has_unit))
                return of_file->chrony_service;
        for (LayoutFamily family = 0; family < LAYOUT_MAX_; family++)
                if (has_service(&layouts[family], has_unit))
                        return layouts[family].chrony_service;
        return of_file ? of_file->chrony_service : layouts[LAYOUT_RED_HAT].chrony_service;
}
