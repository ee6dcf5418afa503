/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Reads the output of `ntpq -n -c "rv 0 …"` of ntpd and ntpsec: "leap=00, stratum=2, …", wrapped at about 78 columns.
 */
#pragma once

#include <stdbool.h>

#define NTP_VARIABLES "leap,stratum,refid,reftime,offset,rootdelay,rootdisp,tc,frequency,clk_wander"

typedef struct NtpReport {
        bool answered;
        unsigned leap;        /* two bits, written in binary: 3 is unsynchronised (RFC 5905) */
        unsigned stratum;     /* 16: unsynchronised */
        char refid[32];       /* any bytes */
        double reference_sec; /* seconds since 1970 */
        double offset_sec, root_delay_sec, root_dispersion_sec;
        double interval_sec; /* 2^tc */
        bool frequency_known;
        double frequency_ppm, wander_ppm; /* what ntpd adds to the clock, and by how much that moves (0 unknown) */
} NtpReport;

/* ntpq's exit status says nothing (it is 0 without a daemon): only a leap and a stratum are an answer. */
void ntp_parse(const char *text, NtpReport *ret);
/* ntpd's own undisciplined clock (refclock driver 1), which proves nothing. */
bool ntp_is_local(const NtpReport *report);
