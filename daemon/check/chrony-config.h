/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Lines of chrony's configuration, as chronyd reads them (chrony.conf(5), chrony's conf.c and refclock.c).
 */
#pragma once

#include <stdbool.h>

typedef enum ChronyWord {
        CHRONY_NOTHING, /* a comment, or a directive that tscwarden does not use */
        CHRONY_REFCLOCK,
        CHRONY_INCLUDE,   /* a pattern follows */
        CHRONY_CONFDIR,   /* directories follow */
        CHRONY_SOURCEDIR, /* directories follow; from their *.sources files chronyd reads servers only */
        CHRONY_MAKESTEP,  /* a threshold and a number of updates follow */
        CHRONY_RTCSYNC,   /* the kernel sets the real-time clock */
        CHRONY_RTCFILE,   /* chronyd tracks the real-time clock */
        CHRONY_WORD_MAX_,
} ChronyWord;

/* *ret_rest: the text after the directive and the blanks; untouched for CHRONY_NOTHING. */
ChronyWord chrony_line_judge(const char *line, const char **ret_rest);
/* `rest` follows "makestep". True if chronyd may step the clock at any time, not only in its first updates. */
bool chrony_makestep_is_endless(const char *rest);

#define CHRONY_DEVICE_SIZE 128
#define CHRONY_NAME_SIZE 8

typedef struct ChronyRefclock {
        char name[CHRONY_NAME_SIZE];     /* chronyc's name for it: its refid, else "PHC0" */
        char device[CHRONY_DEVICE_SIZE]; /* for the driver PHC a path or a network interface; "" for other drivers */
        bool tai;                        /* has the option `tai`: the clock counts TAI */
        bool optional;                   /* has the option `optional`: chronyd starts even if the device is missing */
} ChronyRefclock;

/* `rest` follows "refclock". `index`: the number of refclocks, of any driver, in earlier lines. False: not a valid
 * line. */
bool chrony_refclock_parse(const char *rest, unsigned index, ChronyRefclock *ret);
/* Finds the next `refclock PHC` in the output of `chronyd -p` and moves *text behind that line. False at the end;
 * `device` is untouched then. */
bool chrony_next_refclock(const char **text, char device[static CHRONY_DEVICE_SIZE]);
