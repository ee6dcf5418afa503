/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The boot parameters of the next boot: which are configured, and who has set them. check/read/boot-config.c reads
 * them.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/macro.h"
#include "check/boot-loader.h"
#include "check/boot-store.h"

/* A file that may set parameters, for their owner's name. */
typedef struct BootFile {
        char *path, *text;
} BootFile;

typedef struct BootConfig {
        BootFacts facts;
        BootPlatform platform;

        /* The command line of each boot entry, without what the boot loader adds. All owned. */
        char **cmdlines;
        size_t n;
        int error;          /* n is 0 then: why they are not known. -EOPNOTSUPP: not read on this platform */
        const char *source; /* where they were read; a literal, NULL where none were */

        BootParameters ours; /* set by `kargs apply` */
        BootParameters
                leaving; /* that a `kargs apply` or `revert` began to take back, and was killed: entries may still have them */
        bool ours_before_boot; /* and they stood there before this boot: the loader had its chance */
        int ours_error;        /* 0, also where nothing was set; -EBADMSG: the file is not ours; or another -errno */

        BootFile *files;
        size_t n_files;
} BootConfig;

void boot_config_done(BootConfig *config);
#define _cleanup_boot_config_ _cleanup_(boot_config_done)

/* tuned(8)'s parameters, which are in config->files where there are any. */
#define BOOT_TUNED_FILE "/etc/tuned/bootcmdline"
/* Adds the "args=" of each entry of `grubby --info=ALL`, with tuned's in place of $tuned_params: 0, -ENOMEM, or -EBADMSG (no entry, or one whose parameters stand in
 * a variable of GRUB's). After a failure *config holds a part. */
int boot_config_parse_grubby(BootConfig *config, const char *text);
/* The same from the "linux" lines that /etc/grub.d/10_linux or Ubuntu's 10_linux_zfs made in grub.cfg: memtest and other systems stand elsewhere. Without
 * those of recovery, which lack GRUB_CMDLINE_LINUX_DEFAULT. */
int boot_config_parse_grub_cfg(BootConfig *config, const char *text);
/* The same from a file that is one command line. */
int boot_config_parse_cmdline(BootConfig *config, const char *text);

/* Why the entries are not known, for people. */
const char *boot_config_explain_error(const BootConfig *config);

/* NAME=VALUE stands in how many of the entries. */
size_t boot_config_count(const BootConfig *config, const char *parameter);
/* The first entry whose last NAME= has another value than `parameter` gives: that value into buffer, true. */
bool boot_config_contradicts(const BootConfig *config, const char *parameter, char *buffer, size_t size);
/* Who set it, as far as it is known: "tscwarden", a file's path; NULL. */
const char *boot_config_owner(const BootConfig *config, const char *parameter);
