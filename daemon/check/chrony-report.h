/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Reads the output of `chronyc -c -n`: lines of comma-separated values without quotes, in the order of chrony's
 * client.c, which is the same from 4.3 on. Columns that a later chrony adds at the end are ignored.
 */
#pragma once

#include <stdbool.h>

/* The refid that chronyd reports if it follows the `local` directive: 127.127.1.1 (chrony's ntp.h NTP_REFID_LOCAL). */
#define CHRONY_REFID_LOCAL "7F7F0101"
#define CHRONY_SOURCES_MAX 64

typedef struct ChronySource {
        char mode;         /* '^' server, '=' peer, '#' reference clock */
        char state;        /* '*' selected, '+' combined; '-', '?', 'x' and '~': not used */
        char name[64];     /* address, or the refid of a reference clock; any bytes */
        int poll;          /* it is asked every 2^poll seconds */
        unsigned reach;    /* one bit for each of the last eight requests: 1 if it was answered */
        double offset_sec; /* measured offset of the last sample */
        double error_sec;
} ChronySource;

typedef struct ChronyReport {
        bool tracked; /* `tracking` answered; only then are the members up to skew_ppm known */
        char refid[16];
        char name[64]; /* any bytes; "" for none */
        bool normal;   /* the leap status is not "Not synchronised" */
        unsigned stratum;
        double reference_sec; /* time of the last update from the source, in seconds since 1970 */
        double correction_sec;
        double root_delay_sec, root_dispersion_sec;
        double interval_sec;
        double frequency_ppm; /* error of the clock's rate without chronyd's correction; > 0: fast */
        double residual_ppm;  /* the part of frequency_ppm that is not corrected yet */
        double skew_ppm;      /* the error bound of frequency_ppm */
        ChronySource sources[CHRONY_SOURCES_MAX]; /* further ones are left out */
        unsigned n_sources;
        bool stamps_known;    /* `ntpdata` answered */
        bool hardware_stamps; /* the network interface time-stamps a source's packets */
        char complaint[64];   /* "506 Cannot talk to daemon"; "" for none; any bytes */
} ChronyReport;

/* Parses the output of `tracking`, `sources` and `ntpdata`, in any order. Other lines are ignored; the first of them
 * is kept as the complaint. */
void chrony_parse(const char *text, ChronyReport *ret);

/* The source that the clock follows, or NULL. */
const ChronySource *chrony_selected(const ChronyReport *report);
/* The reference clock of that name, or NULL. */
const ChronySource *chrony_find_refclock(const ChronyReport *report, const char *name);
