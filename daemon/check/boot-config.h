/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The boot parameters of the next boot: which are configured, and which program or file has set them.
 * check/read/boot-config.c reads them.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/macro.h"
#include "check/boot-loader.h"
#include "check/boot-store.h"

/* A file that may set parameters. boot_config_owner() names it. */
typedef struct BootFile {
        char *path, *text;
} BootFile;

typedef struct BootConfig {
        BootFacts facts;
        BootPlatform platform;

        /* The command line of each boot entry, without the words that the boot loader adds. All owned. */
        char **cmdlines;
        size_t n;
        int error; /* why the command lines are not known; n is 0 then. -EOPNOTSUPP: no reader for this platform */
        const char *source; /* the file or command they were read from; a literal, NULL if none were read */

        BootParameters ours;    /* set by `kargs apply` */
        BootParameters leaving; /* a `kargs` was killed while it removed these; entries may still have them */
        bool ours_before_boot; /* `ours` were configured before this boot, so the boot loader should have passed them */
        int ours_error; /* of reading `ours`. 0: read, or nothing was set; -EBADMSG: not our file; or another -errno */

        BootFile *files;
        size_t n_files;
} BootConfig;

void boot_config_done(BootConfig *config);
#define _cleanup_boot_config_ _cleanup_(boot_config_done)

/* The file with tuned(8)'s parameters. If it exists, config->files has it. */
#define BOOT_TUNED_FILE "/etc/tuned/bootcmdline"
/* Adds the "args=" of each entry that `grubby --info=ALL` prints; tuned's parameters replace $tuned_params. 0,
 * -ENOMEM, or -EBADMSG: there is no entry, or the parameters of an entry are in a GRUB variable. After a failure
 * *config holds only some of the entries. */
int boot_config_parse_grubby(BootConfig *config, const char *text);
/* The same from the "linux" lines of grub.cfg in the section of /etc/grub.d/10_linux or Ubuntu's 10_linux_zfs; other
 * sections boot memtest or other systems. Recovery entries are skipped because they never get
 * GRUB_CMDLINE_LINUX_DEFAULT. */
int boot_config_parse_grub_cfg(BootConfig *config, const char *text);
/* The same from a file that contains one command line. */
int boot_config_parse_cmdline(BootConfig *config, const char *text);

/* Why the entries are not known, for people. */
const char *boot_config_explain_error(const BootConfig *config);

/* The number of entries that have `parameter` (NAME=VALUE). */
size_t boot_config_count(const BootConfig *config, const char *parameter);
/* Finds the first entry that gives the name of `parameter` another value (the last one counts). True: that value is in
 * `buffer`. */
bool boot_config_contradicts(const BootConfig *config, const char *parameter, char *buffer, size_t size);
/* Who set `parameter`: "tscwarden", or the path of a file; NULL if that is not known. */
const char *boot_config_owner(const BootConfig *config, const char *parameter);
