/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Which boot parameters this host's TSC needs, and for each: whether it is configured for the next boot, whether the
 * running kernel was booted with it, and the value in effect.
 */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "check/boot-config.h"
#include "check/boot-need.h"
#include "model/clock-advice.h"
#include "model/clock-words.h"

typedef struct KargsParameter {
        const char *word;    /* a literal */
        bool booted;         /* /proc/cmdline has it */
        char *in_force;      /* the value in /sys/module; owned, NULL: not known */
        size_t n_configured; /* the number of boot entries that have it */
        char *contradiction; /* "NAME=OTHER" if a boot entry has another value; owned, NULL: none has */
} KargsParameter;

typedef struct Kargs {
        Verdict verdict;
        char *reason; /* why these are needed, or why none is; owned */
        BootConfig config;
        BootNeed need;
        KargsParameter parameters[BOOT_PARAMETERS_MAX];
        unsigned n;
        bool reboot; /* a parameter is configured, but the running kernel was booted without it */
} Kargs;

void kargs_done(Kargs *kargs);
#define _cleanup_kargs_ _cleanup_(kargs_done)

/* 0, or the -errno of reading this host's CPUs and kernel. The caller owns *ret (kargs_done); it is untouched on
 * failure. */
int kargs_read(Kargs *ret);

/* Debian's GRUB: boot entries have the parameter, but no file that update-grub reads sets it. The next update-grub
 * removes it. */
bool kargs_is_orphan(const Kargs *kargs, const KargsParameter *parameter);

/* Prints for people, 80 columns wide, or as JSON. 0 or -ENOMEM. */
int kargs_show(FILE *out, const Kargs *kargs);
int kargs_show_json(FILE *out, const Kargs *kargs);
