/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Parses what `ntpq -n -c "rv 0 …"` of ntpd and ntpsec prints: "leap=00, stratum=2, …", wrapped at about 78 columns.
 */
#pragma once

#include <stdbool.h>

#define NTP_VARIABLES "leap,stratum,refid,reftime,offset,rootdelay,rootdisp,tc,frequency,clk_wander"

typedef struct NtpReport {
        bool answered;
        unsigned leap;        /* leap indicator; 3 means unsynchronised (RFC 5905). ntpq prints it in binary */
        unsigned stratum;     /* 16: unsynchronised */
        char refid[32];       /* any bytes */
        double reference_sec; /* seconds since 1970 */
        double offset_sec, root_delay_sec, root_dispersion_sec;
        double interval_sec; /* 2^tc */
        bool frequency_known;
        double frequency_ppm; /* ntpd's correction of the clock's rate */
        double wander_ppm;    /* how much frequency_ppm varies; 0 unknown */
} NtpReport;

/* ret->answered is true if the text has a leap indicator and a stratum. ntpq's exit status is useless: it is 0 even
 * without a running ntpd. */
void ntp_parse(const char *text, NtpReport *ret);
/* True if ntpd follows this machine's own clock (refclock driver 1, "undisciplined local clock"), which proves
 * nothing. */
bool ntp_is_local(const NtpReport *report);
