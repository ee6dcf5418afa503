/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Lines of chrony's configuration, as chronyd reads them (chrony.conf(5), chrony's conf.c and refclock.c).
 */
#pragma once

#include <stdbool.h>

typedef enum ChronyWord {
        CHRONY_NOTHING, /* a comment, or a directive that nobody here asks for */
        CHRONY_REFCLOCK,
        CHRONY_INCLUDE,   /* a pattern follows */
        CHRONY_CONFDIR,   /* directories follow */
        CHRONY_SOURCEDIR, /* directories follow, of whose *.sources chronyd takes servers only */
        CHRONY_MAKESTEP,  /* a threshold and a number of updates follow */
        CHRONY_RTCSYNC,   /* the kernel keeps the real-time clock */
        CHRONY_RTCFILE,   /* chronyd does */
        CHRONY_WORD_MAX_,
} ChronyWord;

/* *ret_rest: what stands behind the directive, without blanks before it; untouched for CHRONY_NOTHING. */
ChronyWord chrony_line_judge(const char *line, const char **ret_rest);
/* Behind "makestep": it may set the clock at any time, not only in its first updates. */
bool chrony_makestep_is_endless(const char *rest);

#define CHRONY_DEVICE_SIZE 128
#define CHRONY_NAME_SIZE 8

typedef struct ChronyRefclock {
        char name[CHRONY_NAME_SIZE];     /* what chronyc calls it: its refid, else "PHC0" */
        char device[CHRONY_DEVICE_SIZE]; /* of a PHC: a path, or a network interface; "" for other drivers */
        bool tai;                        /* it counts TAI, and chronyd knows */
        bool optional;                   /* chronyd starts without it */
} ChronyRefclock;

/* Behind "refclock"; `index` counts the refclocks of every driver before it. False: no such line. */
bool chrony_refclock_parse(const char *rest, unsigned index, ChronyRefclock *ret);
/* The next `refclock PHC` in what `chronyd -p` prints; *text is moved behind that line. False at the end, and device is untouched. */
bool chrony_next_refclock(const char **text, char device[static CHRONY_DEVICE_SIZE]);
