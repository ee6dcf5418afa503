/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Reads the output of `chronyc -c -n`: lines of comma-separated values without quotes, in the order of chrony's
 * client.c, which is the same from 4.3 on. Columns that a later chrony adds at the end are ignored.
 */
#pragma once

#include <stdbool.h>

/* refid of the `local` directive: 127.127.1.1 (chrony's ntp.h NTP_REFID_LOCAL). */
#define CHRONY_REFID_LOCAL "7F7F0101"
#define CHRONY_SOURCES_MAX 64

typedef struct ChronySource {
        char mode;         /* '^' server, '=' peer, '#' reference clock */
        char state;        /* '*' selected, '+' combined, '-' '?' 'x' '~' not */
        char name[64];     /* address, or the refid of a reference clock; any bytes */
        int poll;          /* it is asked every 2^poll seconds */
        unsigned reach;    /* the last eight answers, a bit each */
        double offset_sec; /* of the last sample, as measured */
        double error_sec;
} ChronySource;

typedef struct ChronyReport {
        bool tracked; /* there was a line of `tracking`, and what follows is known */
        char refid[16];
        char name[64]; /* any bytes; "" for none */
        bool normal;   /* leap: not "Not synchronised" */
        unsigned stratum;
        double reference_sec; /* when the clock was last set right, seconds since 1970 */
        double correction_sec;
        double root_delay_sec, root_dispersion_sec;
        double interval_sec;
        double frequency_ppm;                     /* of the clock if chronyd left it alone; > 0 fast */
        double residual_ppm, skew_ppm;            /* how much of it is not corrected yet; how far off it may be */
        ChronySource sources[CHRONY_SOURCES_MAX]; /* further ones are left out */
        unsigned n_sources;
        bool stamps_known, hardware_stamps; /* `ntpdata`: a source whose packets the network interface stamps */
        char complaint[64];                 /* "506 Cannot talk to daemon"; "" for none; any bytes */
} ChronyReport;

/* Takes what `tracking`, `sources` and `ntpdata` print, in any order; a line that is none of theirs is no answer. */
void chrony_parse(const char *text, ChronyReport *ret);

/* The source the clock follows, or NULL. */
const ChronySource *chrony_selected(const ChronyReport *report);
/* The reference clock of that name, or NULL. */
const ChronySource *chrony_find_refclock(const ChronyReport *report, const char *name);
