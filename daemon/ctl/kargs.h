/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Which boot parameters this host's TSC needs, and their state: wanted, configured, used at this boot, in force.
 */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "check/boot-config.h"
#include "check/boot-need.h"
#include "check/boot-store.h"
#include "model/clock-advice.h"
#include "model/clock-words.h"

typedef struct KargsParameter {
        const char *word;    /* a literal */
        bool booted;         /* stands on /proc/cmdline */
        char *in_force;      /* what the module has, escaped; NULL not known. Owned */
        size_t n_configured; /* in how many of the boot entries */
        bool to_configure;   /* some boot entry lacks it */
        char *contradiction; /* "NAME=OTHER" that some boot entry has, escaped; NULL none. Owned */
} KargsParameter;

typedef struct Kargs {
        Verdict verdict;
        char *reason; /* why these, or why none. Owned */
        BootConfig config;
        BootNeed need;
        KargsParameter parameters[BOOT_PARAMETERS_MAX];
        unsigned n;
        bool reboot; /* configured, and the running kernel was booted without */
} Kargs;

void kargs_done(Kargs *kargs);
#define _cleanup_kargs_ _cleanup_(kargs_done)

/* 0, or the -errno of reading what this host is. *ret is the caller's (kargs_done), untouched on failure. */
int kargs_read(Kargs *ret);

/* Those that some boot entry lacks. Where what is configured is not known: those that the running kernel lacks. */
void kargs_missing(const Kargs *kargs, BootParameters *ret);

/* Debian's GRUB: entries have it, and no file that update-grub reads sets it. */
bool kargs_is_orphan(const Kargs *kargs, const KargsParameter *parameter);

/* What to say of it: 80 columns; 0 or -ENOMEM. */
int kargs_show(FILE *out, const Kargs *kargs);
int kargs_show_json(FILE *out, const Kargs *kargs);
